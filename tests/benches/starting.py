#!/usr/bin/env python3
"""How long a function takes from the start of its process to its first call to AWS.

    tests/benches/starting.py target/functions/offboarding ... [--rounds 25]

What happens between: the logger, the settings, the policy compiled, the clients built, the secret
asked for. Each round also starts two others, so that a figure can be read on any machine: `true`,
which is what starting a process costs at least, and `python3 -c pass`. Medians; nothing is
asserted.
"""

import argparse
import pathlib
import socket
import statistics
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def first_call(program: str) -> float:
    """Milliseconds until the function connects to the endpoint that it was given for AWS."""
    with socket.create_server(("127.0.0.1", 0)) as aws, socket.create_server(("127.0.0.1", 0)) as runtime:
        aws.settimeout(30)
        url = "http://{}:{}".format(*aws.getsockname())
        topics = {f"ROLLCALL_TOPIC_{it}": f"arn:aws:sns:eu-west-1:0:{it}" for it in ("IT", "HR", "SECURITY", "MANAGER")}
        environment = topics | {
            "AWS_LAMBDA_RUNTIME_API": "{}:{}".format(*runtime.getsockname()),
            "AWS_LAMBDA_FUNCTION_NAME": "rollcall",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_ENDPOINT_URL": url,
            "ROLLCALL_SECRET_ID": "rollcall/credentials",
            "ROLLCALL_TABLE": "rollcall",
            "ROLLCALL_EVENT_QUEUE": f"{url}/000000000000/events",
            "ROLLCALL_POLICY": str(ROOT / "shared/policy/rollcall.yaml"),
        }
        began = time.perf_counter()
        process = subprocess.Popen([program], env=environment, stdout=subprocess.DEVNULL)
        try:
            aws.accept()[0].close()
            return (time.perf_counter() - began) * 1000
        finally:
            process.kill()
            process.wait()


def to_the_end(*line: str) -> float:
    """Milliseconds until a program ends by itself."""
    began = time.perf_counter()
    subprocess.run(line, check=True)
    return (time.perf_counter() - began) * 1000


def tell(program: pathlib.Path, rounds: int) -> None:
    times = [
        (to_the_end("true"), to_the_end("python3", "-c", "pass"), first_call(str(program)))
        for _ in range(rounds)
    ]
    least, python, function = (statistics.median(it) for it in zip(*times))
    print(
        f"{program.name:14}{function:6.1f} ms to its first call, {function / python:.2f} times python3 -c pass"
        f" ({python:.1f} ms; true {least:.1f}); {program.stat().st_size:,} bytes",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("programs", nargs="+", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=25)
    asked = parser.parse_args()
    for it in asked.programs:
        tell(it, asked.rounds)


if __name__ == "__main__":
    main()
