#!/usr/bin/env python3
"""What somebody could write instead in an afternoon: a script on Okta's own Python SDK that reads an
org whole and compares it with a list of people. It changes nothing.

    reference.py --org-url http://127.0.0.1:4002 --api-token ... --people people.json

people.json: [{"id": "...", "groups": ["..."]}, ...] by the value of ukgPersonId.
"""

import argparse
import asyncio
import json

from okta.client import Client


async def all_of(call, **options):
    """Every page of a list."""
    res, after = [], None
    while True:
        extra = {"after": after} if after else {}
        data, response, error = await call(limit=200, **options, **extra)
        if error is not None:
            raise SystemExit(f"refused: {error}")
        res.extend(data)
        # Of Okta's two lines the SDK keeps the last one, under the spelling that Okta uses.
        links = response.headers.get("Link", "").split(",")
        nexts = [link for link in links if 'rel="next"' in link]
        if not nexts:
            return res
        after = nexts[0].split("after=")[1].split("&")[0].split(">")[0]


async def main(asked):
    config = {"orgUrl": asked.org_url, "token": asked.api_token}
    async with Client(config) as client:
        users = await all_of(client.list_users)
        groups = await all_of(client.list_groups)
        held = {}
        for group in groups:
            for user in await all_of(lambda **kw: client.list_group_users(group.id, **kw)):
                held.setdefault(user.id, set()).add(group.profile.actual_instance.name)
    with open(asked.people, encoding="utf-8") as file:
        wanted = {it["id"]: set(it["groups"]) for it in json.load(file)}
    # Not everybody in HR has an account, but most have.
    if len(users) < len(wanted) / 2:
        raise SystemExit(f"{len(users)} users for {len(wanted)} people: pages are missing")
    differences = 0
    for user in users:
        profile = user.profile.to_dict()
        person = profile.get("ukgPersonId")
        if person in wanted and not wanted[person] <= held.get(user.id, set()):
            differences += 1
    print(json.dumps({"users": len(users), "groups": len(groups), "differences": differences}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--org-url", required=True)
    parser.add_argument("--api-token", required=True)
    parser.add_argument("--people", required=True)
    asyncio.run(main(parser.parse_args()))
