"""An exchange and an engine at it, each in a process of its own, in a folder of their own."""
import glob
import json
import os
import signal
import subprocess
import time
import urllib.request

from . import market


class Stage:
    def __init__(self, engine, folder, bars, speed, history, faults=None, exchange=None, is_twin=True, more="", **profile):
        self.engine, self.folder, self.speed = engine, folder, speed
        os.makedirs(folder)
        self.path = f"{folder}/run.zst"
        self.text = lambda port: market.profile(port, speed, **profile) + more
        # The exchange's own profile: what it charges and how it fills. It calls nobody.
        self.write("twin.yaml", self.text(9))
        command = [exchange or engine, "rehearse", "--bars", bars, "--rebase", "none", "--speed", str(speed), "--history", str(history),
                   "--balance", "USDT=1000000"]
        # Else Binance's habits: fees in what is bought, balances held back, nothing that waits for the next bar.
        if is_twin:
            command += ["--profile", f"{folder}/twin.yaml"]
        if faults is not None:
            self.write("faults.yaml", market.FAULTS.format(seed=faults))
            command += ["--faults", f"{folder}/faults.yaml"]
        self.errors = open(f"{folder}/exchange.log", "ab")
        self.exchange = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.errors, text=True)
        self.started = time.monotonic()
        self.port = json.loads(self.exchange.stdout.readline())["port"]
        self.write("p.yaml", self.text(self.port))
        self.log = open(f"{folder}/live.log", "ab")
        self.process = None
        self.processes = 0

    def write(self, name, text):
        with open(f"{self.folder}/{name}", "w") as file:
            file.write(text)

    @property
    def journals(self):
        """The files of the run, in order: one, or those that a run that rolls has made."""
        return sorted(glob.glob(f"{self.folder}/run*.zst"))

    def begin(self, **more):
        environment = dict(os.environ, REHEARSAL_KEY="engine-test-key", REHEARSAL_SECRET="engine-test-secret", ALLOW_SUBMIT="1", **more)
        self.process = subprocess.Popen(
            [self.engine, "live", "--profile", f"{self.folder}/p.yaml", "--i-accept-live-orders", "--output", self.path],
            env=environment, stdout=self.log, stderr=self.log, cwd=self.folder)
        self.processes += 1

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self, timeout=60):
        """Ends the engine in good order; gives its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def ask(self, path):
        return json.load(urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10))

    def minute(self):
        """Minutes of the exchange's clock since the tape's first bar."""
        return (self.ask("/api/v3/time")["serverTime"] / 1000 - market.START) / 60

    def book(self):
        return self.ask("/rehearsal/book")

    def close(self):
        if self.is_running:
            self.kill()
        if self.exchange.poll() is None:
            self.exchange.send_signal(signal.SIGTERM)
            self.exchange.wait(20)
        self.exchange.stdout.close()
        self.log.close()
        self.errors.close()

    def endure(self, name, kills, seconds, chance):
        """Runs the engine for so many seconds, killed so often at times of chance, and stops it; gives its exit code and the exchange's book. Closes the stage."""
        try:
            self.begin()
            for _ in range(kills):
                time.sleep(seconds / (kills + 1) * (0.6 + 0.8 * chance.random()))
                if not self.is_running:
                    raise SystemExit(f"{name}: BROKEN: {self.last_words()}")
                self.kill()
                self.begin()
            time.sleep(seconds / (kills + 1))
            return self.stop(), self.book()
        finally:
            self.close()

    def last_words(self):
        with open(f"{self.folder}/live.log", errors="replace") as file:
            return file.read()[-2000:]

    def run(self, *arguments):
        return subprocess.run([self.engine, *arguments], capture_output=True, text=True, cwd=self.folder)
