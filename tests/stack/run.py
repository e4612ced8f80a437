"""Applies infra/ to an emulated AWS and lives through a departure on it.

    tests/stack/run.py [--keep]

Everything is real but the cloud: Terraform, the AWS provider, the functions' binaries, the IAM
policies, which the emulator enforces. UKG and Okta are the sandbox. Needs the binaries that
`cargo test --workspace` leaves, Terraform, the provider (TF_PLUGINS names a folder with it where
there is no network), and tests/stack/requirements.txt.
"""

import contextlib
import datetime
import hashlib
import hmac
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import boto3
import parliament
from botocore.config import Config

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
REGION = "eu-west-1"
NAME = "rollcall"
FLOWS = ["offboarding", "contractor", "new-hire", "profile-sync", "org-sync", "mfa-policy"]
FUNCTIONS = [*FLOWS, "hr-event"]
SENDER, MANAGER = "rollcall@larkspur.example", "manager@larkspur.example"
WEBHOOK_SECRET = "twenty-four-characters-or-more"

# What the emulator reads back differently from what was applied. Real AWS does not; whoever finds
# the second plan of an account not empty has found drift.
KNOWN_DRIFT = {
    "aws_cloudwatch_metric_alarm": "period, statistic and actions read back empty",
    "aws_lambda_function_event_invoke_config": "the age of events reads back empty",
}

# Statements whose removal the emulator does not notice, with what would on AWS: see
# infra/README.md for the first day.
NOT_ENFORCED = {
    "Key": "rights on the key that other services use on a role's behalf",
    "Logs": "the emulator writes logs by itself",
    "DeadLetters": "the emulator sends dead letters by itself",
    "Poll": "the emulator reads the queue by itself",
    "Letters": "the emulator asks for the right to send on everything, and this is for one identity",
}


def main() -> None:
    started = time.monotonic()
    keep = "--keep" in sys.argv
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="rollcall-stack-"))
        if keep:
            print(f"everything is in {folder}")
        else:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        step("the sandbox starts")
        sandbox = Sandbox(stack, folder)
        step("the emulated AWS starts")
        cloud = Cloud(stack, folder)
        step("the ledger keeps its contract on the emulated DynamoDB")
        contract(cloud)
        step("infra/deploy builds the packages and applies infra/")
        cloud.deploy(schedules_enabled=False)
        step("a second plan finds nothing but what the emulator reads back differently")
        second_plan(cloud)
        story(cloud, sandbox)
        cloud.employee = sandbox.people()[0]["employments"][0]["employeeId"]
        least_privilege(cloud)
        step("everything is removed")
        cloud.remove()
        assert not cloud.client("lambda").list_functions()["Functions"], "functions are left"
    print(f"\nthe stack holds ({time.monotonic() - started:.0f} s)")


def contract(cloud: "Cloud") -> None:
    """The suite that DynamoDB in process and SQLite are held to, on this emulator."""
    suite = "doors::ledger::tests::dynamodb::dynamodb_keeps_the_contract"
    line = ["cargo", "test", "--workspace", "--locked", "--lib", suite, "--", "--exact"]
    run(line, dict(os.environ) | {"ROLLCALL_DYNAMODB_ENDPOINT": cloud.url})
    # That nothing failed is no proof that anything ran here: the tables are.
    tables = cloud.client("dynamodb").list_tables()["TableNames"]
    used = [it for it in tables if it.startswith("contract-")]
    assert len(used) > 10, f"the contract did not run on the emulator: {tables}"
    print(f"         {len(used)} ledgers")


def story(cloud: "Cloud", sandbox: "Sandbox") -> None:
    step("the credentials are put where the README says")
    secret = sandbox.credentials() | {
        "webhook": {
            "tenant": "G0311",
            "hmac": {"header": "X-Example-Signature", "secret": WEBHOOK_SECRET},
        }
    }
    cloud.client("secretsmanager").put_secret_value(
        SecretId=cloud.output("secret"), SecretString=json.dumps(secret)
    )
    # Whoever sets a sender has it verified by SES first.
    cloud.client("sesv2").create_email_identity(EmailIdentity=SENDER)
    hr, alarms = cloud.listen("hr"), cloud.listen("alarms")

    step("a dry run of every flow writes nothing")
    for flow in FLOWS:
        assert cloud.invoke(flow, {"dry_run": True})["dry_run"] is True
    assert sandbox.writes() == [], "a dry run wrote to Okta"

    step("every flow runs until nothing is left to do")
    for _ in range(3):
        left = [cloud.invoke(flow, {}) for flow in FLOWS]
    assert all(it["actions"] == [] for it in left), [it["actions"][:2] for it in left]

    step("a manager gets a letter of his or her own")
    table = cloud.client("dynamodb")
    cloud.leave_a_message(table, audience="manager", to=MANAGER)
    with cloud.may_also("contractor", "ses:SendEmail"):
        cloud.invoke("contractor", {})
    letters = json.dumps(fetch(f"{cloud.url}/_ministack/ses/messages"))
    assert MANAGER in letters and SENDER in letters, letters

    step("the schedules are switched on, and everything is deployed again")
    cloud.deploy(schedules_enabled=True)

    step("a leaver is cut off by the schedule, HR has mail, step and audit are in the table")
    leaver, other = sandbox.some_people(2)
    sandbox.leaves(leaver)
    sandbox.wait_for(leaver, "SUSPENDED", 150)
    mail = hr.take(lambda it: "lost access" in it["subject"])
    assert mail["attributes"]["flow"] == "offboarding", mail
    items = cloud.items()
    intents = [it["intent"] for it in items if it["kind"] == "action"]
    steps = [it["does"] for it in intents if it["person"] == leaver]
    assert "suspend" in steps, steps
    assert any(it["kind"] == "audit" and leaver in json.dumps(it) for it in items), "no audit"

    step("a webhook brings another leaver forward")
    # The schedule would find the leaver too: it rests meanwhile.
    cloud.schedule("offboarding", "DISABLED")
    sandbox.leaves(other)
    body = json.dumps(sandbox.event(other)).encode()
    assert cloud.call(body, {"X-Example-Signature": "00" * 32}) == 401
    assert cloud.call(body, {"X-Example-Signature": sign(body)}) == 202
    sandbox.wait_for(other, "SUSPENDED", 120)

    step("an event that fails lies among the dead letters")
    cloud.client("lambda").invoke(
        FunctionName=f"{NAME}-new-hire", InvocationType="Event", Payload=b'{"dryrun": true}'
    )
    dead = cloud.receive(f"{NAME}-new-hire-dead", 120)
    assert "dryrun" in dead, dead

    step("an alarm reaches the topic")
    cloud.client("cloudwatch").put_metric_data(
        Namespace="Rollcall",
        MetricData=[{
            "MetricName": "PlansHeld",
            "Dimensions": [{"Name": "Flow", "Value": "offboarding"}],
            "Value": 1,
        }],
    )
    alarms.take(lambda it: "plan-waits" in it["subject"] + it["message"])

    step("the state machine drains a reconciliation")
    states = cloud.client("stepfunctions")
    drain = cloud.output("drain")
    run = states.start_execution(stateMachineArn=drain["state_machine"], input=drain["input"])
    for _ in range(60):
        status = states.describe_execution(executionArn=run["executionArn"])
        if status["status"] != "RUNNING":
            break
        time.sleep(1)
    assert status["status"] == "SUCCEEDED", status


def least_privilege(cloud: "Cloud") -> None:
    step("without any one statement of its role, each function fails")
    iam, table = cloud.client("iam"), cloud.client("dynamodb")
    for name in FUNCTIONS:
        role = f"{NAME}-{name}"
        policy = iam.get_role_policy(RoleName=role, PolicyName="rollcall")["PolicyDocument"]
        sids = [it["Sid"] for it in policy["Statement"]]
        assert cloud.works(name), f"{name} does not even work with its whole role"
        for sid in sids:
            if sid in NOT_ENFORCED:
                continue
            less = [it for it in policy["Statement"] if it["Sid"] != sid]
            put = lambda statements: iam.put_role_policy(
                RoleName=role,
                PolicyName="rollcall",
                PolicyDocument=json.dumps(policy | {"Statement": statements}),
            )
            # Something waits to be said, so that a run needs the topics.
            cloud.leave_a_message(table)
            put(less)
            cloud.restart(name)
            assert not cloud.works(name), f"{name} works without {sid}: is it needed?"
            put(policy["Statement"])
            cloud.restart(name)
        assert cloud.works(name)
        print(f"         {name}: {', '.join(it for it in sids if it not in NOT_ENFORCED)}")


def second_plan(cloud: "Cloud") -> None:
    plan = cloud.folder / "second.tfplan"
    cloud.terraform("plan", "-no-color", "-input=false", f"-out={plan}", *cloud.where())
    shown = json.loads(cloud.terraform("show", "-json", plan))
    changed = [
        it for it in shown.get("resource_changes", []) if it["change"]["actions"] not in (["no-op"], ["read"])
    ]
    strange = [it["address"] for it in changed if it["type"] not in KNOWN_DRIFT]
    assert not strange, strange
    resources = shown["planned_values"]["root_module"]["resources"]
    policies = [it for it in resources if it["type"] == "aws_iam_role_policy"]
    assert len(policies) == len(FUNCTIONS) + 2, [it["address"] for it in policies]
    for it in policies:
        judged = parliament.analyze_policy_string(it["values"]["policy"])
        assert not judged.findings, f"{it['address']}: {judged.findings}"
    # The emulator knows UTC only, so the zone is looked at in the plan.
    schedules = [
        it["values"] for it in resources if it["type"] == "aws_scheduler_schedule"
    ]
    assert {it["schedule_expression_timezone"] for it in schedules} == {"Europe/Berlin"}, schedules


class Sandbox:
    """UKG and Okta."""

    def __init__(self, stack: contextlib.ExitStack, folder: pathlib.Path) -> None:
        self.folder = folder / "sandbox"
        ukg, okta = free_port(), free_port()
        start(
            stack,
            folder / "sandbox.log",
            [TARGET / "debug/rollcall", "sandbox", "--people", "30", "--ukg-port", str(ukg),
             "--okta-port", str(okta), "--out", self.folder],
            dict(os.environ),
        )
        self.ukg, self.okta = f"http://127.0.0.1:{ukg}", f"http://127.0.0.1:{okta}"
        wait_until(lambda: (self.folder / "rollcall.schema.json").exists() and fetch(f"{self.ukg}/_sandbox/ukg/clock"), 60)

    def credentials(self) -> dict:
        return json.loads((self.folder / "credentials.json").read_text())

    def people(self) -> list:
        return fetch(f"{self.ukg}/_sandbox/ukg/people")["people"]

    def writes(self) -> list:
        return fetch(f"{self.okta}/_sandbox/okta/writes")["writes"]

    def users(self) -> dict:
        users = fetch(f"{self.okta}/_sandbox/okta/snapshot")["users"].values()
        return {it["profile"].get("ukgPersonId"): it for it in users}

    def some_people(self, count: int) -> list:
        users = self.users()
        found = [
            it["personId"] for it in self.people()
            if len(it["employments"]) == 1 and it["employments"][0]["type"] == "REG"
            and it["employments"][0]["isLive"]
            and users.get(it["personId"], {}).get("status") == "ACTIVE"
        ]
        return found[:count]

    def leaves(self, person: str) -> None:
        day = datetime.date.today() - datetime.timedelta(days=2)
        fetch(f"{self.ukg}/_sandbox/ukg/leave?person={person}&last_day={day}", b"")

    def event(self, person: str) -> dict:
        found = next(it for it in self.people() if it["personId"] == person)
        job = found["employments"][0]
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
        return {
            "EventId": 1, "EventTime": now, "EventType": "EmployeePersonNameChangeEvent",
            "Operation": "Update", "Tenant": "G0311",
            "Payload": {"CoId": job["companyId"], "EeId": job["employeeId"], "IntegrationRecordId": None},
        }

    def wait_for(self, person: str, status: str, seconds: int) -> None:
        wait_until(lambda: self.users()[person]["status"] == status, seconds)


class Cloud:
    """The emulated AWS, and Terraform pointed at it."""

    def __init__(self, stack: contextlib.ExitStack, folder: pathlib.Path) -> None:
        self.folder, self.variables = folder, folder / "stack.tfvars.json"
        # Somebody whom the smallest story of hr-event is about.
        self.employee = ""
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        # The emulator hands its whole environment to the functions: it gets a clean one.
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CHECKPOINT_DISABLE": "1",
            "TF_DATA_DIR": str(folder / "terraform"),
            # Ten requests at once make the emulator lose an answer now and then.
            "TF_CLI_ARGS_apply": "-parallelism=4",
            "TF_CLI_ARGS_destroy": "-parallelism=4",
        }
        start(
            stack,
            folder / "ministack.log",
            [pathlib.Path(sys.executable).with_name("ministack")],
            self.environment | {
                "BIND_HOST": "127.0.0.1",
                "GATEWAY_PORT": str(port),
                "IOT_MTLS_ENABLED": "0",
                "MINISTACK_REGION": REGION,
                "AUTH": "true",
            },
        )
        wait_until(lambda: fetch(f"{self.url}/_ministack/health"), 30)

    def client(self, service: str):
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"max_attempts": 1}, read_timeout=300),
        )

    def deploy(self, schedules_enabled: bool) -> None:
        """One command, as infra/README.md has it, with what was built and answered before."""
        binaries = self.folder / "binaries"
        binaries.mkdir(exist_ok=True)
        for name in FUNCTIONS:
            # Most of a debug build is debug information.
            subprocess.run(["strip", "-o", binaries / name, TARGET / "debug" / name], check=True)
        policy = self.folder / "sandbox/rollcall.yaml"
        variables = {
            "region": REGION,
            "time_zone": "Europe/Berlin",
            "schedules_enabled": schedules_enabled,
            "schedules": {"offboarding": "rate(1 minute)"},
            "subscribers": {"it": ["it@larkspur.example"], "alarms": ["oncall@larkspur.example"]},
            "webhook_enabled": True,
            "sender": SENDER,
            "drain_shards": 2,
            "deletion_protection": False,
            "architecture": "x86_64",
            # The emulator runs functions as plain processes and puts no layer into /opt.
            "policy_path": str(policy),
            "emulated": True,
        }
        self.variables.write_text(json.dumps(variables))
        plugins = os.environ.get("TF_PLUGINS")
        environment = self.environment | {
            "ROLLCALL": str(TARGET / "debug/rollcall"),
            "ROLLCALL_BINARIES": str(binaries),
            "TF_INIT_OPTIONS": f"-plugin-dir={plugins}" if plugins else "",
        }
        line = [ROOT / "infra/deploy", policy, "-auto-approve", "-no-color", *self.where()]
        run(line, environment)

    def where(self) -> list:
        """Settings and state beside everything else of this test."""
        return [f"-var-file={self.variables}", f"-state={self.folder / 'terraform.tfstate'}"]

    def terraform(self, command: str, *options) -> str:
        return run(["terraform", f"-chdir={ROOT / 'infra'}", command, *options], self.environment)

    def remove(self) -> None:
        """One command, as infra/README.md has it, and once more where an answer was lost: the
        provider asks again, and hears that what it removed is not there."""
        line = ["destroy", "-auto-approve", "-no-color", *self.where()]
        try:
            self.terraform(*line)
        except Failed as failed:
            if "DoesNotExist" not in str(failed) and "NotFound" not in str(failed):
                raise
            print("         an answer was lost, and it is said again")
            self.terraform(*line)

    def output(self, name: str):
        state = self.where()[1]
        return json.loads(self.terraform("output", state, "-json", name))

    def invoke(self, function: str, payload: dict) -> dict:
        answer = self.client("lambda").invoke(
            FunctionName=f"{NAME}-{function}", Payload=json.dumps(payload).encode()
        )
        body = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, f"{function}: {body}"
        return body

    def works(self, function: str) -> bool:
        """Whether the function's smallest story goes well."""
        if function != "hr-event":
            return self.goes_well(function, {}) is not None
        hint = {"v": 1, "event": "1", "employee": self.employee, "company": None}
        record = {"messageId": "1", "eventSource": "aws:sqs", "body": json.dumps(hint)}
        worked = self.goes_well(function, {"Records": [record]})
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
        body = json.dumps({
            "EventId": time.time_ns(), "EventTime": now, "Tenant": "G0311", "Payload": {"EeId": "NOBODY"},
        })
        call = {
            "requestContext": {"http": {"method": "POST"}},
            "headers": {"x-example-signature": sign(body.encode())},
            "body": body,
        }
        taken = self.goes_well(function, call)
        is_worked = worked is not None and not worked["batchItemFailures"]
        return is_worked and taken is not None and taken["statusCode"] == 202

    def goes_well(self, function: str, payload: dict) -> dict | None:
        """The function's answer, unless it failed."""
        answer = self.client("lambda").invoke(
            FunctionName=f"{NAME}-{function}", Payload=json.dumps(payload).encode()
        )
        body = json.loads(answer["Payload"].read())
        return None if "FunctionError" in answer else body

    def restart(self, function: str) -> None:
        """Another process: what was opened at the start is opened again."""
        client, name = self.client("lambda"), f"{NAME}-{function}"
        variables = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        variables["RESTARTED"] = str(time.time_ns())
        client.update_function_configuration(FunctionName=name, Environment={"Variables": variables})

    @contextlib.contextmanager
    def may_also(self, function: str, action: str):
        """Lets a function do something on everything, where the emulator knows no smaller right."""
        iam, where = self.client("iam"), {"RoleName": f"{NAME}-{function}", "PolicyName": "stack"}
        allowed = {"Effect": "Allow", "Action": action, "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        iam.put_role_policy(PolicyDocument=policy, **where)
        yield
        iam.delete_role_policy(**where)

    def items(self) -> list:
        """Every record of the ledger."""
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=self.output("table"))
        return [json.loads(it["body"]["S"]) for page in pages for it in page["Items"]]

    def leave_a_message(self, table, **to) -> None:
        """Writes down a message that nobody has sent yet, as a run that died would."""
        key = f"stack/{time.time_ns()}"
        notice = {
            "v": 1, "kind": "notice-unsent", "key": key, "at": "2026-03-02T06:00:00Z",
            "body": {"audience": "it", "to": None, "subject": "stack", "body": "stack"} | to,
        }
        told = {"v": 1, "kind": "notice", "at": "2026-03-02T06:00:00Z", "sent": None}
        for pk, body in [("notice-unsent", notice), ("notice", told)]:
            table.put_item(
                TableName=NAME,
                Item={
                    "pk": {"S": pk}, "sk": {"S": key}, "rev": {"N": "1"}, "body": {"S": json.dumps(body)},
                },
            )

    def schedule(self, flow: str, state: str) -> None:
        client = self.client("scheduler")
        known = client.get_schedule(GroupName=NAME, Name=f"{NAME}-{flow}")
        fields = ["GroupName", "Name", "ScheduleExpression", "FlexibleTimeWindow", "Target",
                  "ScheduleExpressionTimezone", "Description", "KmsKeyArn"]
        client.update_schedule(State=state, **{it: known[it] for it in fields if known.get(it)})

    def call(self, body: bytes, headers: dict) -> int:
        """Calls the webhook; the emulator knows its API by the host."""
        api = self.output("webhook_url").split("//")[1].split(".")[0]
        host = {"Host": f"{api}.execute-api.localhost"}
        request = urllib.request.Request(self.url + "/", body, headers | host)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def listen(self, topic: str) -> "Probe":
        return Probe(self, topic)

    def receive(self, queue: str, seconds: int) -> str:
        client = self.client("sqs")
        url = client.get_queue_url(QueueName=queue)["QueueUrl"]
        found = []

        def look() -> bool:
            found.extend(client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []))
            return bool(found)

        wait_until(look, seconds)
        return found[0]["Body"]


class Probe:
    """A subscriber of a topic: what people would have in their mail."""

    def __init__(self, cloud: Cloud, topic: str) -> None:
        sqs, sns = cloud.client("sqs"), cloud.client("sns")
        self.client = sqs
        self.url = sqs.create_queue(QueueName=f"probe-{topic}")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        from_topic = cloud.output("topics")[topic]
        allowed = {
            "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage",
            "Resource": arn, "Condition": {"ArnEquals": {"aws:SourceArn": from_topic}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        sqs.set_queue_attributes(QueueUrl=self.url, Attributes={"Policy": policy})
        sns.subscribe(TopicArn=from_topic, Protocol="sqs", Endpoint=arn)

    def take(self, wanted) -> dict:
        seen = []

        def look() -> bool:
            for it in self.client.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages", []):
                mail = json.loads(it["Body"])
                attributes = {k: v["Value"] for k, v in mail.get("MessageAttributes", {}).items()}
                seen.append({"subject": mail.get("Subject") or "", "message": mail["Message"], "attributes": attributes})
            return any(wanted(it) for it in seen)

        wait_until(look, 120)
        return next(it for it in seen if wanted(it))


class Failed(Exception):
    """A command that ended with another status than 0, with what it printed."""


def run(line: list, environment: dict) -> str:
    done = subprocess.run(line, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"{' '.join(map(str, line))}:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    return done.stdout


def sign(body: bytes) -> str:
    return hmac.new(WEBHOOK_SECRET.encode(), body, hashlib.sha256).hexdigest()


def step(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def start(stack: contextlib.ExitStack, log: pathlib.Path, line: list, environment: dict) -> None:
    out = stack.enter_context(log.open("w"))
    process = subprocess.Popen(line, env=environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)

    def stop() -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)

    stack.callback(stop)


def free_port() -> int:
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]


def fetch(url: str, body: bytes | None = None):
    with urllib.request.urlopen(urllib.request.Request(url, body), timeout=30) as answer:
        return json.loads(answer.read())


def wait_until(holds, seconds: int) -> None:
    """Waits until something holds. Only the emulator's own clock makes anything in here wait."""
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            if holds():
                return
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s")
        time.sleep(0.5)


if __name__ == "__main__":
    try:
        main()
    except Failed as failed:
        sys.exit(str(failed))
