import Glibc

/// Where a secret comes from. There is no way to write one into a profile or a command line.
public enum KeySource: Hashable, Sendable {
  /// An environment variable.
  case environment(String)
  /// A file that only its owner can read and write: mode 0600 or 0400.
  case file(String)
  /// A name in the folder that systemd gives as `$CREDENTIALS_DIRECTORY` (`LoadCredential=` in the unit).
  case credential(String)

  /// - Parameter environment: the value of a variable, nil where it isn't set.
  /// - Throws: `KeyError`, which never holds any of the secret.
  public func secret(environment: (String) -> String?) throws(KeyError) -> Secret {
    switch self {
    case .environment(let name):
      guard let value = environment(name) else { throw .variableMissing(name) }
      return try Self.checked(Array(value.utf8), self)
    case .file(let path): return try Self.checked(try Self.content(path, demandsOwnerOnly: true), self)
    case .credential(let name):
      guard !name.contains("/"), name != "..", !name.isEmpty else { throw .invalidCredentialName(name) }
      guard let folder = environment("CREDENTIALS_DIRECTORY") else { throw .noCredentials(name) }
      // systemd keeps that folder to the service alone, whatever the file's mode says.
      return try Self.checked(try Self.content(folder + "/" + name, demandsOwnerOnly: false), self)
    }
  }

  /// Without the newline that editors and `echo` leave at the end.
  private static func checked(_ content: [UInt8], _ source: KeySource) throws(KeyError) -> Secret {
    var bytes = content[...]
    while let last = bytes.last, last == 0x0a || last == 0x0d || last == 0x20 || last == 0x09 { bytes.removeLast() }
    if bytes.isEmpty { throw .empty(source) }
    return Secret(bytes)
  }

  private static func content(_ path: String, demandsOwnerOnly: Bool) throws(KeyError) -> [UInt8] {
    // Not followed where it is a link: the mode that is checked has to be that of the file that is read.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw .unreadable(path: path, errno: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(path: path, errno: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
    if demandsOwnerOnly, status.st_mode & 0o177 != 0 {
      throw .tooOpen(path: path, mode: Int(status.st_mode & 0o777))
    }
    guard status.st_size <= byteCountMax else { throw .tooLong(path: path, byteCount: Int(status.st_size)) }
    var bytes = [UInt8](repeating: 0, count: byteCountMax)
    var count = 0
    while count < byteCountMax {
      let got = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress.map { $0 + count }, byteCountMax - count) }
      if got < 0 {
        if errno == EINTR { continue }
        throw .unreadable(path: path, errno: errno)
      }
      if got == 0 { break }
      count += got
    }
    return Array(bytes[..<count])
  }

  private static let byteCountMax = 16_384
}

/// Why a secret could not be had.
public enum KeyError: Error, Hashable, Sendable {
  case variableMissing(String)
  case noCredentials(String)
  case invalidCredentialName(String)
  case unreadable(path: String, errno: Int32)
  case notAFile(path: String)
  /// Others than its owner may read or write it.
  case tooOpen(path: String, mode: Int)
  case tooLong(path: String, byteCount: Int)
  case empty(KeySource)
  /// Neither text for HMAC nor a PKCS#8 PEM of an Ed25519 key.
  case notASigningKey
}

extension KeyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .variableMissing(let name):
      "the environment variable \(name) is not set: export it for this process, or name a file or a credential in the profile"
    case .noCredentials(let name):
      "there is no $CREDENTIALS_DIRECTORY to read the credential \(name) from: start the engine as a systemd unit with LoadCredential=\(name):PATH"
    case .invalidCredentialName(let name): "\(name) is no credential's name: name a file in $CREDENTIALS_DIRECTORY, without a slash"
    case .unreadable(let path, let number):
      "the key file \(path) can't be read: \(String(cString: strerror(number))). Check the path and its owner; a symbolic link is not followed"
    case .notAFile(let path): "\(path) is no regular file: put the key into one, with mode 0600"
    case .tooOpen(let path, let mode):
      "the key file \(path) has mode 0\(String(mode, radix: 8)), so others may use it: run `chmod 600 \(path)`, and replace the key if others had access"
    case .tooLong(let path, let count): "the key file \(path) has \(count) bytes, more than any key: check the path"
    case .empty(let source): "\(source.place) holds no key"
    case .notASigningKey:
      "the signing key begins like a PEM but is no PKCS#8 Ed25519 key: make one with `openssl genpkey -algorithm ed25519`"
    }
  }
}

extension KeySource {
  /// For people; never the content.
  var place: String {
    switch self {
    case .environment(let name): "the environment variable \(name)"
    case .file(let path): "the key file \(path)"
    case .credential(let name): "the credential \(name)"
    }
  }
}
