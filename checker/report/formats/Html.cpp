// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One HTML file that needs nothing else: findings by file or by rule with source and proof, filter, search, rule pages.
#include "checker/report/Excerpt.h"
#include "checker/report/HtmlAssets.h"
#include "checker/report/Summary.h"

#include "rules/catalog/Names.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <map>

namespace coroguard::report {
namespace {

std::string html(llvm::StringRef text) {
  std::string escaped;
  llvm::raw_string_ostream out(escaped);
  llvm::printHTMLEscaped(llvm::json::isUTF8(text) ? text.str() : llvm::json::fixUTF8(text), out);
  return escaped;
}

std::string placeText(const Place &place) { return html(place.file) + ":" + std::to_string(place.line); }

class Page {
public:
  Page(const Report &report, SourceText &sources, llvm::raw_ostream &out) : report_(report), sources_(sources), out_(out) {
    for (const ReportedFinding &reported : report.findings)
      ++byRule_[reported.finding.rule];
  }

  void write() {
    out_ << "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, "
            "initial-scale=1\">\n<title>coroguard report</title>\n<style>" << htmlStyle << "</style>\n</head>\n<body>\n";
    header();
    out_ << "<main>\n";
    filters();
    problems();
    out_ << "<div id=\"findings\">\n";
    llvm::StringRef file;
    for (const ReportedFinding &reported : report_.findings) {
      if (reported.finding.place.file != file) {
        out_ << (file.empty() ? "" : "</section>\n");
        file = reported.finding.place.file;
        out_ << "<section class=\"group\">\n<h2>" << html(file) << "</h2>\n";
      }
      finding(reported);
    }
    out_ << (file.empty() ? "" : "</section>\n") << "</div>\n";
    rules();
    out_ << "</main>\n<script>" << htmlScript << "</script>\n</body>\n</html>\n";
  }

private:
  void header() {
    std::string summary;
    llvm::raw_string_ostream text(summary);
    writeSummary(report_, Style{}, text);
    out_ << "<header>\n<h1>coroguard</h1>\n<p>" << html(llvm::StringRef(summary).trim()) << " <span class=\"dim\">profile "
         << html(report_.run.profile) << ", version " << html(report_.run.version) << "</span> <span id=\"shown\" class=\"dim\"></span></p>\n"
         << "</header>\n";
  }

  void filters() {
    out_ << "<div id=\"filters\">\n<input type=\"search\" placeholder=\"Search\" aria-label=\"Search\">\n"
            "<select aria-label=\"Group\"><option value=\"file\">by file</option><option value=\"rule\">by rule</option></select>\n";
    std::vector<std::pair<llvm::StringRef, size_t>> rules;
    for (const auto &[rule, count] : byRule_)
      rules.emplace_back(rule->id, count);
    llvm::sort(rules);
    for (const auto &[id, count] : rules)
      out_ << "<button aria-pressed=\"false\" data-rule=\"" << html(id) << "\">" << html(id) << " (" << count << ")</button>\n";
    out_ << "</div>\n";
  }

  void problems() {
    if (report_.problems.empty())
      return;
    out_ << "<section>\n<h2 class=\"error\">Not everything could be checked</h2>\n<ul>\n";
    for (const Problem &problem : report_.problems)
      out_ << "<li>" << html(problem.place.line ? problem.place.file : problem.unit)
           << (problem.place.line ? ":" + std::to_string(problem.place.line) : "") << ": " << html(problem.message) << "</li>\n";
    out_ << "</ul>\n</section>\n";
  }

  /// The place's line with two around it; what is meant is marked.
  void excerpt(const Place &place) {
    if (sources_.line(place.file, place.line).trim().empty())
      return;
    out_ << "<pre>";
    for (unsigned number = place.line > 2 ? place.line - 2 : 1; number <= place.line + 2; ++number) {
      llvm::StringRef line = sources_.line(place.file, number);
      bool here = number == place.line;
      if (!here && line.empty() && !sources_.hasLine(place.file, number))
        continue;
      out_ << "<span class=\"row" << (here ? " here" : "") << "\"><i>" << number << "</i>";
      if (here) {
        size_t begin = std::min<size_t>(std::max(1u, place.column) - 1, line.size());
        size_t end = place.endLine == place.line && place.endColumn > place.column ? place.endColumn - 1 : line.rtrim().size();
        end = std::clamp(end, begin, line.size());
        out_ << html(line.take_front(begin)) << "<mark>" << html(line.slice(begin, end)) << "</mark>" << html(line.substr(end));
      } else {
        out_ << html(line);
      }
      out_ << "</span>";
    }
    out_ << "</pre>\n";
  }

  void finding(const ReportedFinding &reported) {
    const Finding &finding = reported.finding;
    llvm::StringRef severity = catalog::nameOf(finding.severity), rule = finding.rule->id;
    out_ << llvm::formatv("<article id=\"{0}\" data-rule=\"{1}\" data-file=\"{4}\">\n<h3><b class=\"{2}\">{2}</b> {3} <a class=\"dim\" href=\"#{1}\">{1}</a></h3>\n",
                          reported.fingerprint, html(rule), severity, html(finding.message), html(finding.place.file));
    out_ << "<div class=\"dim\">" << placeText(finding.place) << "</div>\n";
    excerpt(finding.place);
    if (!finding.evidence.empty()) {
      out_ << "<ol>\n";
      for (const EvidenceStep &step : finding.evidence) {
        out_ << "<li>" << html(step.message) << " <span class=\"dim\">" << placeText(step.place) << "</span>\n";
        excerpt(step.place);
        out_ << "</li>\n";
      }
      out_ << "</ol>\n";
    }
    llvm::StringRef cure = finding.cure.empty() ? finding.rule->help : llvm::StringRef(finding.cure);
    out_ << "<div class=\"cure\">" << html(cure) << "</div>\n";
    for (const Fix &fix : finding.fixes)
      out_ << "<div class=\"dim\">fix: " << html(fix.description) << " (" << catalog::nameOf(fix.kind) << ")</div>\n";
    out_ << "</article>\n";
  }

  void rules() {
    for (const catalog::RuleInfo *rule : report_.run.rules)
      if (byRule_.count(rule))
        out_ << "<section id=\"" << html(rule->id) << "\">\n<h2>" << html(rule->id) << "</h2>\n<p>" << html(rule->summary)
             << "</p>\n<pre class=\"page\">" << html(rule->page) << "</pre>\n</section>\n";
  }

  const Report &report_;
  SourceText &sources_;
  llvm::raw_ostream &out_;
  std::map<const catalog::RuleInfo *, size_t> byRule_;
};

void write(const Report &report, SourceText &sources, const Style &, llvm::raw_ostream &out) { Page(report, sources, out).write(); }

} // namespace

extern const Format Html;
const Format Html{"html", "one self-contained page, with filter and search", write};

} // namespace coroguard::report
