#!/usr/bin/env python3
"""Drives an Okta org, or the simulator of one, with Okta's own Python SDK.

The simulator is only worth something if a client that was written for Okta cannot tell the
difference. This script is that client: it goes through the life of one user, first with an API
token, then as a service app with a signed assertion and DPoP, and stops at the first answer
that is not what Okta's documents promise.

    python3 -m venv venv && venv/bin/pip install -r tests/conformance/requirements.txt
    ROLLCALL_PYTHON=$PWD/venv/bin/python cargo test -p rollcall-sandbox --test okta_sdk

By hand, against anything that speaks Okta (it creates users and a group, and deletes them again):

    venv/bin/python tests/conformance/okta_sdk.py --org-url https://example.oktapreview.com \
        --api-token ... --client-id 0oa... --private-key-file key.pem [--key-id ...]

Every option can be given in the environment instead: ORG_URL, API_TOKEN, CLIENT_ID,
PRIVATE_KEY_FILE, KEY_ID, USER_WITH_GRANTS. Plain http is accepted on the loopback only, and
needs OKTA_TESTING_TESTINGDISABLEHTTPSCHECK=true, which is the SDK's own switch.
"""

import argparse
import asyncio
import logging
import os
import sys
import uuid

from okta.client import Client
from okta.models import (
    AddGroupRequest,
    CreateUserRequest,
    OktaUserGroupProfile,
    UpdateUserRequest,
    UserProfile,
)

SCOPES = ["okta.users.manage", "okta.groups.manage"]


class Mismatch(Exception):
    """The org did not answer as documented."""


def expect(what, actual, wanted):
    if actual != wanted:
        raise Mismatch(f"{what}: got {actual!r}, wanted {wanted!r}")


async def done(call):
    """The data of a call that has to succeed."""
    res = await call
    if res[-1] is not None:
        raise Mismatch(f"refused: {res[-1]}")
    return res[0]


async def refused(call, status, code, cause=""):
    """A call that has to fail in this very way."""
    error = (await call)[-1]
    if error is None:
        raise Mismatch(f"should have been refused with {status} {code}")
    expect("status", error.status, status)
    expect("code", error.error_code, code)
    causes = " ".join(it.get("errorSummary", "") for it in error.error_causes)
    if cause not in causes:
        raise Mismatch(f"cause: got {causes!r}, wanted {cause!r}")


def next_link(response):
    """The URL behind rel="next", or None. `Link` comes as several header lines."""
    headers = response.headers
    lines = headers.getall("Link", []) if hasattr(headers, "getall") else [headers.get("Link", "")]
    for line in ",".join(lines).split(","):
        if 'rel="next"' in line:
            return line.split("<")[1].split(">")[0]
    return None


async def logins_by_page(client, search):
    """All logins that match, two a page, by the cursors the org hands out."""
    logins, after = [], None
    while True:
        users, response, error = await client.list_users(search=search, limit=2, after=after)
        if error is not None:
            raise Mismatch(f"refused: {error}")
        logins += [it.profile.login for it in users]
        link = next_link(response)
        if link is None:
            return logins
        if len(users) != 2:
            raise Mismatch("a page with a next link should be full")
        after = link.split("after=")[1].split("&")[0]


def new_user(tag, number, **rest):
    login = f"{tag}.{number}@conformance.example"
    profile = UserProfile(
        login=login, email=login, firstName="Ada", lastName=f"Lind {tag}", department="Finance", **rest
    )
    return CreateUserRequest(profile=profile)


async def status_of(client, user):
    return (await done(client.get_user(user))).status.value


async def lifecycle(client, user):
    """STAGED, PROVISIONED or ACTIVE, SUSPENDED, ACTIVE, DEPROVISIONED; and what is refused."""
    expect("status", await status_of(client, user), "STAGED")
    await refused(client.reactivate_user(user), 403, "E0000038")
    await refused(client.suspend_user(user), 400, "E0000001", "Cannot suspend a user that is not active")
    await refused(client.unlock_user(user), 403, "E0000032", "The user is not locked out.")
    token = await done(client.activate_user(user, send_email=False))
    if not token.activation_token:
        raise Mismatch("an activation without mail should hand out its token")
    expect("status", await status_of(client, user), "PROVISIONED")


async def suspension(client, user):
    expect("status", await status_of(client, user), "ACTIVE")
    await done(client.suspend_user(user))
    expect("status", await status_of(client, user), "SUSPENDED")
    await done(client.unsuspend_user(user))
    expect("status", await status_of(client, user), "ACTIVE")
    await refused(client.unsuspend_user(user), 400, "E0000001", "Cannot unsuspend a user that is not suspended")


async def profile(client, user):
    change = UpdateUserRequest(profile=UserProfile(title="Clerk", mobilePhone="555-0100"))
    changed = await done(client.update_user(user, change))
    expect("title", changed.profile.title, "Clerk")
    expect("department is kept by a partial update", changed.profile.department, "Finance")
    expect("read back", (await done(client.get_user(user))).profile.title, "Clerk")


async def groups(client, user, group):
    await done(client.assign_user_to_group(group, user))
    members = await done(client.list_group_users(group))
    expect("members", [it.id for it in members], [user])
    mine = await done(client.list_user_groups(user))
    if group not in [it.id for it in mine]:
        raise Mismatch("the group should be among the user's groups")
    await done(client.unassign_user_from_group(group, user))
    expect("members", await done(client.list_group_users(group)), [])


async def access(client, user, user_with_grants):
    await done(client.revoke_user_sessions(user, oauth_tokens=True))
    expect("grants", await done(client.list_user_grants(user)), [])
    await done(client.revoke_user_grants(user))
    if user_with_grants:
        grants = await done(client.list_user_grants(user_with_grants))
        if not grants or grants[0].user_id != user_with_grants:
            raise Mismatch("the seeded grant should be listed")
        await done(client.revoke_user_grant(user_with_grants, grants[0].id))
        left = await done(client.list_user_grants(user_with_grants))
        expect("grants left", len(left), len(grants) - 1)


async def leaving(client, user):
    await done(client.deactivate_user(user, send_email=False))
    expect("status", await status_of(client, user), "DEPROVISIONED")
    change = UpdateUserRequest(profile=UserProfile(title="Gone"))
    await refused(client.update_user(user, change), 403, "E0000038")
    found = await done(client.list_users(filter=f'id eq "{user}"'))
    expect("found by filter", [it.status.value for it in found], ["DEPROVISIONED"])
    await done(client.delete_user(user))
    await refused(client.get_user(user), 404, "E0000007")


async def story(client, user_with_grants):
    """The life of one user, as one kind of caller."""
    tag = "c" + uuid.uuid4().hex[:10]
    made, group = [], None
    try:
        for number in range(5):
            user = await done(client.create_user(new_user(tag, number), activate=False))
            expect("status", user.status.value, "STAGED")
            made.append(user.id)
        await refused(
            client.create_user(new_user(tag, 0), activate=False),
            400, "E0000001", "An object with this field already exists",
        )
        paged = await logins_by_page(client, f'profile.lastName eq "Lind {tag}"')
        expect("paged", sorted(paged), sorted(new_user(tag, it).profile.login for it in range(5)))

        wanted = AddGroupRequest(profile=OktaUserGroupProfile(name=f"Team {tag}", description="Test"))
        group = (await done(client.add_group(wanted))).id
        found = await done(client.list_groups(search=f'profile.name eq "Team {tag}"'))
        expect("found group", [it.id for it in found], [group])

        await lifecycle(client, made[0])
        await profile(client, made[0])
        await groups(client, made[0], group)
        with_password = new_user(tag, "p").to_dict()
        with_password["credentials"] = {"password": {"value": "Corr3ct-Horse-" + tag}}
        request = CreateUserRequest.from_dict(with_password)
        user = await done(client.create_user(request, activate=True))
        made.append(user.id)
        await suspension(client, user.id)
        await access(client, user.id, user_with_grants)
        await leaving(client, made.pop())
    finally:
        if group:
            await client.delete_group(group)
        for user in made:
            # The first call deactivates, the second deletes.
            await client.delete_user(user)
            await client.delete_user(user)


def option(parser, name, required=False):
    variable = name.upper().replace("-", "_")
    value = os.environ.get(variable)
    parser.add_argument(f"--{name}", default=value, required=required and value is None)


async def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    option(parser, "org-url", required=True)
    for name in ["api-token", "client-id", "private-key-file", "key-id", "user-with-grants"]:
        option(parser, name)
    given = parser.parse_args()
    # The SDK logs every refusal, also those this script asks for.
    logging.getLogger("okta-sdk-python").setLevel(logging.CRITICAL)

    callers = {}
    if given.api_token:
        callers["API token"] = {"orgUrl": given.org_url, "token": given.api_token}
    if given.client_id:
        with open(given.private_key_file, encoding="ascii") as file:
            key = file.read()
        callers["service app with DPoP"] = {
            "orgUrl": given.org_url,
            "authorizationMode": "PrivateKey",
            "clientId": given.client_id,
            "scopes": SCOPES,
            "privateKey": key,
            "kid": given.key_id,
            "dpopEnabled": True,
        }
    if not callers:
        parser.error("give --api-token, or --client-id and --private-key-file, or both")
    for name, config in callers.items():
        try:
            await story(Client(config), given.user_with_grants)
        except Mismatch as mismatch:
            print(f"{name}: {mismatch}", file=sys.stderr)
            raise
        print(f"{name}: ok")


if __name__ == "__main__":
    asyncio.run(main())
