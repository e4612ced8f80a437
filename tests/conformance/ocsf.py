"""Checks events, one JSON object a line, against the official OCSF 1.8.0 schema.

The schema and what makes JSON Schema of it come with the package ocsf-json-schema; jsonschema
judges. Unknown attributes are refused, and so are enums, types and missing attributes.
"""

import json
import sys

from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema


def main(path):
    schemas = OcsfJsonSchemaEmbedded(get_ocsf_schema(version="1.8.0"))
    validators = {}
    count = 0
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            event = json.loads(line)
            uid = event["class_uid"]
            if uid not in validators:
                name = schemas.lookup_class_name_from_uid(class_uid=uid)
                schema = schemas.get_class_schema(class_name=name, profiles=[])
                validators[uid] = Draft202012Validator(schema)
            for error in validators[uid].iter_errors(event):
                where = ".".join(str(it) for it in error.absolute_path)
                sys.exit(f"line {number}: {where}: {error.message}\n{line}")
            if event["type_uid"] != uid * 100 + event["activity_id"]:
                sys.exit(f"line {number}: type_uid is not class_uid * 100 + activity_id")
            count += 1
    print(f"{count} events are valid")


main(sys.argv[1])
