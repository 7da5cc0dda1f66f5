# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""validate.py FILE: a .coroguard.yaml against its JSON schema."""
import json
import pathlib
import sys

import jsonschema
import yaml

schema = pathlib.Path(__file__).parents[3] / "rules/schema/project.schema.json"
jsonschema.validate(yaml.safe_load(pathlib.Path(sys.argv[1]).read_text()), json.loads(schema.read_text()))
