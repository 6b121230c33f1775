// What of Linux glibc declares only with _GNU_SOURCE, which Swift's Glibc module is built without.
#pragma once

int fallocate(int descriptor, int mode, long offset, long length);
