// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `coroguard man`: the manual page, made from what the parser knows.
#include "checker/cli/Commands.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

namespace coroguard::cli {
namespace {

/// Text for roff, which reads lines that begin with a dot, and backslashes.
std::string roff(llvm::StringRef text) {
  std::string result;
  bool lineStart = true;
  for (char c : text) {
    if (lineStart && (c == '.' || c == '\''))
      result += "\\&";
    if (c == '\\')
      result += "\\e";
    else if (c == '-')
      result += "\\-";
    else
      result += c;
    lineStart = c == '\n';
  }
  return result;
}

void writeOption(const OptionText &option, llvm::raw_ostream &out) {
  out << ".TP\n";
  for (size_t i = 0; i < option.names.size(); ++i)
    out << (i ? ", " : "") << (option.positional ? "\\fI" : "\\fB") << roff(option.names[i]) << "\\fR";
  if (!option.positional && !option.value.empty())
    out << " \\fI" << roff(option.value) << "\\fR";
  out << (option.repeated ? " ...\n" : "\n") << roff(option.about);
  if (!option.choices.empty())
    out << " (" << roff(llvm::join(option.choices, ", ")) << ")";
  out << "\n";
}

void writeFooter(llvm::StringRef footer, llvm::raw_ostream &out) {
  if (!footer.trim().empty())
    out << ".PP\n.nf\n" << roff(footer.trim()) << "\n.fi\n";
}

void writeCommand(const CommandText &command, llvm::raw_ostream &out) {
  out << ".SS coroguard " << roff(command.name);
  for (const OptionText &option : command.options)
    if (option.positional)
      out << " \\fI" << roff(option.names.front()) << "\\fR" << (option.repeated ? "..." : "");
  out << "\n" << roff(command.about) << ".\n";
  for (const OptionText &option : command.options)
    if (option.names.front() != "-h")
      writeOption(option, out);
  if (command.options.size() == 1)
    out << ".PP\n\\fBcoroguard " << roff(command.name) << " \\-\\-help\\fR shows its options.\n";
  writeFooter(command.footer, out);
}

} // namespace

int runManCommand(const std::string &formats) {
  std::vector<CommandText> commands = describeCommandLine(formats);
  llvm::raw_ostream &out = llvm::outs();
  out << ".TH COROGUARD 1 \"\" \"coroguard " << versionText() << "\" \"User commands\"\n"
      << ".SH NAME\ncoroguard \\- finds async misuse in C++ coroutine code\n"
      << ".SH SYNOPSIS\n\\fBcoroguard\\fR [\\fIOPTION\\fR...] \\fICOMMAND\\fR [\\fIARGUMENT\\fR...]\n"
      << ".SH DESCRIPTION\n" << roff(commands.front().about) << "\n";
  for (const OptionText &option : commands.front().options)
    writeOption(option, out);
  writeFooter(commands.front().footer, out);
  out << ".SH COMMANDS\n";
  for (const CommandText &command : llvm::ArrayRef(commands).drop_front())
    writeCommand(command, out);
  out << ".SH FILES\n"
         ".TP\n\\fI.coroguard.yaml\\fR\nSettings of a project: profile, rules, models, baseline, excluded files.\n"
         ".TP\n\\fI.clang\\-tidy\\fR\nOptions of rules, under CheckOptions. \\fBcoroguard config\\fR shows what applies.\n"
         ".TP\n\\fIcompile_commands.json\\fR\nThe compilation database: how the files are compiled.\n"
         ".SH SEE ALSO\n.BR clang\\-tidy (1),\n.BR bear (1)\n";
  return exitClean;
}

} // namespace coroguard::cli
