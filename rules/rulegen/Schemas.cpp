// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// JSON schemas (draft 7) of the catalogue's files and of the rules' options, for editors and validators.
#include "rules/rulegen/Emitters.h"

#include "rules/catalog/Format.h"
#include "rules/catalog/Names.h"
#include "rules/catalog/OptionValue.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

namespace coroguard::rulegen {

using namespace catalog;
namespace json = llvm::json;

namespace {

constexpr StringRef draft = "http://json-schema.org/draft-07/schema#";

json::Array arrayOf(ArrayRef<StringRef> texts) {
  json::Array result;
  for (StringRef text : texts)
    result.push_back(text);
  return result;
}

/// YAML gives `since: 0.1` or `name: 5` as numbers; the parser reads the text.
json::Array textTypes() {
  return json::Array{"string", "number", "boolean"};
}

json::Object recordSchema(const RecordFormat &format);

json::Object fieldSchema(const FieldFormat &field) {
  json::Object schema{{"description", field.doc}};
  switch (field.shape) {
  case FieldShape::Text:
    schema["type"] = textTypes();
    break;
  case FieldShape::Flag:
    schema["type"] = "boolean";
    break;
  case FieldShape::Integer:
    schema["type"] = "integer";
    break;
  case FieldShape::Choice:
    schema["enum"] = arrayOf(field.choices);
    break;
  case FieldShape::Texts:
    schema["type"] = "array";
    schema["items"] = json::Object{{"type", textTypes()}};
    schema["uniqueItems"] = true;
    break;
  case FieldShape::Any:
    schema["type"] = json::Array{"string", "number", "boolean", "array"};
    break;
  case FieldShape::Record:
    schema = recordSchema(*field.record);
    schema["description"] = field.doc;
    break;
  case FieldShape::Records:
    schema["type"] = "array";
    schema["items"] = recordSchema(*field.record);
    break;
  case FieldShape::TextMap:
    schema["type"] = "object";
    schema["additionalProperties"] = json::Object{{"type", textTypes()}};
    if (!field.choices.empty()) schema["propertyNames"] = json::Object{{"enum", arrayOf(field.choices)}};
    break;
  }
  return schema;
}

json::Object recordSchema(const RecordFormat &format) {
  json::Object properties;
  json::Array required;
  for (const FieldFormat &field : format.fields) {
    properties[field.key] = fieldSchema(field);
    if (field.required) required.push_back(field.key);
  }
  json::Object schema{{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

std::string fileSchema(const RecordFormat &format, StringRef title) {
  json::Object schema = recordSchema(format);
  schema["$schema"] = draft;
  schema["title"] = title;
  return llvm::formatv("{0:2}\n", json::Value(std::move(schema))).str();
}

json::Object optionSchema(const OptionInfo &option) {
  json::Object schema{{"description", option.doc}, {"default", option.defaultValue}};
  if (option.type == "bool")
    schema["enum"] = json::Array{"true", "false", true, false};
  else if (option.type == "int")
    schema["type"] = json::Array{"integer", "string"};
  else if (option.type == "enum")
    schema["enum"] = arrayOf(option.choices);
  else
    schema["type"] = "string";
  if (option.type == "list" && !option.choices.empty()) {
    std::string item = "(" + llvm::join(option.choices, "|") + ")";
    schema["pattern"] = "^(" + item + "(;" + item + ")*)?$";
  }
  return schema;
}

} // namespace

void emitFormatSchemas(Outputs &outputs) {
  outputs["rules/schema/rule.schema.json"] = fileSchema(ruleFormat(), "coroguard: rules/<name>/rule.yaml");
  outputs["rules/schema/project.schema.json"] = fileSchema(projectFormat(), "coroguard: .coroguard.yaml");
  outputs["rules/schema/model.schema.json"] = fileSchema(modelFormat(), "coroguard: model file");
}

void emitOptionsSchema(const Catalogue &catalogue, Outputs &outputs) {
  json::Object properties;
  for (const Rule &rule : catalogue.rules)
    for (const OptionInfo &option : rule.info().options)
      properties[(rule.info().id + "." + option.name).str()] = optionSchema(option);
  json::Value schema = json::Object{{"$schema", draft},
                                    {"title", "coroguard: options of the rules, under CheckOptions in .clang-tidy"},
                                    {"type", "object"},
                                    {"properties", std::move(properties)}};
  outputs["options.schema.json"] = llvm::formatv("{0:2}\n", schema).str();
}

} // namespace coroguard::rulegen
