// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `coroguard completion`: scripts for shells, made from what the parser knows.
#include "checker/cli/Commands.h"

#include "rules/catalog/Catalog.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

namespace coroguard::cli {
namespace {

using Texts = std::vector<std::string>;

/// What may stand as a value; empty: files.
class Values {
public:
  explicit Values(llvm::StringRef formats) {
    llvm::SmallVector<llvm::StringRef> names;
    formats.split(names, ", ");
    for (llvm::StringRef name : names)
      formats_.push_back(name.str());
    for (const catalog::RuleInfo &rule : catalog::builtinRules())
      rules_.push_back(rule.id.str());
  }

  Texts of(const OptionText &option) const {
    llvm::StringRef name = option.positional ? option.names.front() : option.value;
    if (!option.choices.empty())
      return option.choices;
    if (name == "GLOBS" || name == "ID")
      return rules_;
    if (name == "FORMAT")
      return formats_;
    if (name == "NAME")
      return {"default", "strict"};
    Texts withEqual;
    if (name == "FORMAT=FILE")
      for (const std::string &format : formats_)
        withEqual.push_back(format + "=");
    return withEqual;
  }

private:
  Texts formats_, rules_;
};

bool takesValue(const OptionText &option) { return !option.positional && !option.value.empty(); }

/// For a text between single quotes.
std::string quoted(llvm::StringRef text) {
  std::string result = "'";
  for (char c : text)
    result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string firstSentence(llvm::StringRef text) { return text.split(". ").first.str(); }

void writeBash(llvm::ArrayRef<CommandText> commands, const Values &values, llvm::raw_ostream &out) {
  Texts names;
  for (const CommandText &command : commands.drop_front())
    names.push_back(command.name);
  out << "# bash completion of coroguard, made by 'coroguard completion bash'\n"
         "_coroguard() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command= choices= i\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    case ${COMP_WORDS[i]} in " << llvm::join(names, "|") << ") command=${COMP_WORDS[i]}; break ;; esac\n"
         "  done\n"
         "  [[ $word == = ]] && word=\n"
         "  [[ $previous == = ]] && previous=${COMP_WORDS[COMP_CWORD-2]}\n"
         "  COMPREPLY=()\n"
         "  case $command,$previous in\n";
  for (const CommandText &command : commands)
    for (const OptionText &option : command.options)
      if (takesValue(option)) {
        std::string owner = &command == &commands.front() ? "*" : command.name;
        Texts patterns;
        for (const std::string &name : option.names)
          patterns.push_back(owner + "," + name);
        out << "  " << llvm::join(patterns, "|") << ") choices=" << quoted(llvm::join(values.of(option), " ")) << " ;;\n";
      }
  out << "  *)\n    case $command in\n";
  for (const CommandText &command : commands) {
    Texts words;
    for (const OptionText &option : command.options)
      llvm::append_range(words, option.positional ? values.of(option) : option.names);
    bool isProgram = &command == &commands.front();
    if (isProgram)
      llvm::append_range(words, names);
    out << "    " << (isProgram ? "''" : command.name) << ") choices=" << quoted(llvm::join(words, " ")) << " ;;\n";
  }
  out << "    esac ;;\n  esac\n"
         "  [[ $choices ]] || return\n"
         "  [[ $choices == *= ]] && compopt -o nospace 2>/dev/null\n"
         "  COMPREPLY=($(compgen -W \"$choices\" -- \"$word\"))\n"
         "}\n"
         "complete -o default -o bashdefault -F _coroguard coroguard\n";
}

/// A text inside the brackets of an _arguments specification.
std::string zshText(llvm::StringRef text) {
  std::string result;
  for (char c : text) {
    if (llvm::StringRef("[]:\\").contains(c))
      result += '\\';
    result += c;
  }
  return result;
}

std::string zshAction(const Texts &choices) { return choices.empty() ? "_files" : "(" + llvm::join(choices, " ") + ")"; }

void writeZshOptions(const CommandText &command, const Values &values, llvm::raw_ostream &out) {
  for (const OptionText &option : command.options) {
    std::string value = ":" + zshText(option.positional ? option.names.front() : option.value) + ":" + zshAction(values.of(option));
    std::string about = "[" + zshText(firstSentence(option.about)) + "]";
    if (option.positional) {
      out << " \\\n      " << quoted((option.repeated ? "*" : "1") + value);
      continue;
    }
    for (const std::string &name : option.names) {
      std::string others = option.repeated ? std::string("*") : "(" + llvm::join(option.names, " ") + ")";
      out << " \\\n      " << quoted(others + name + about + (takesValue(option) ? value : ""));
    }
  }
  out << '\n';
}

void writeZsh(llvm::ArrayRef<CommandText> commands, const Values &values, llvm::raw_ostream &out) {
  out << "#compdef coroguard\n# made by 'coroguard completion zsh'\n_coroguard() {\n"
         "  local context state state_descr line\n  typeset -A opt_args\n  local -a commands\n  commands=(\n";
  for (const CommandText &command : commands.drop_front())
    out << "    " << quoted(command.name + ":" + firstSentence(command.about)) << '\n';
  out << "  )\n  _arguments -C '1:command:->command' '*::argument:->arguments'";
  writeZshOptions(commands.front(), values, out);
  out << "  case $state in\n  command) _describe -t commands command commands ;;\n  arguments)\n    case $words[1] in\n";
  for (const CommandText &command : commands.drop_front()) {
    out << "    " << command.name << ") _arguments -S";
    if (command.options.size() > 1)
      writeZshOptions(command, values, out);
    else
      out << " '*:file:_files'\n";
    out << "      ;;\n";
  }
  out << "    esac ;;\n  esac\n}\n"
         "if [[ $funcstack[1] == _coroguard ]]; then _coroguard \"$@\"; else compdef _coroguard coroguard; fi\n";
}

void writeFish(llvm::ArrayRef<CommandText> commands, const Values &values, llvm::raw_ostream &out) {
  out << "# fish completion of coroguard, made by 'coroguard completion fish'\n";
  for (const CommandText &command : commands.drop_front())
    out << "complete -c coroguard -n __fish_use_subcommand -f -a " << command.name << " -d " << quoted(firstSentence(command.about))
        << '\n';
  for (const CommandText &command : commands)
    for (const OptionText &option : command.options) {
      std::string choices = llvm::join(values.of(option), " ");
      if (option.positional && choices.empty())
        continue;
      out << "complete -c coroguard";
      if (&command != &commands.front())
        out << " -n '__fish_seen_subcommand_from " << command.name << "'";
      if (!option.positional)
        for (llvm::StringRef name : option.names)
          out << (name.starts_with("--") ? " -l " : " -s ") << name.ltrim('-');
      if (takesValue(option))
        out << (choices.empty() ? " -r -F" : " -x");
      else
        out << " -f";
      if (!choices.empty())
        out << " -a " << quoted(choices);
      out << " -d " << quoted(firstSentence(option.about)) << '\n';
    }
}

} // namespace

int runCompletionCommand(const CompletionArguments &arguments, const std::string &formats) {
  std::vector<CommandText> commands = describeCommandLine(formats);
  Values values(formats);
  if (arguments.shell == "bash")
    writeBash(commands, values, llvm::outs());
  else if (arguments.shell == "zsh")
    writeZsh(commands, values, llvm::outs());
  else
    writeFish(commands, values, llvm::outs());
  return exitClean;
}

} // namespace coroguard::cli
