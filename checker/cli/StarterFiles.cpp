// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// .coroguard.yaml, and the job of a CI service.
#include "checker/cli/StarterFiles.h"

#include "checker/cli/Jobs.gen.h"
#include "checker/driver/ProjectFile.h"

#include "llvm/ADT/StringExtras.h"

namespace coroguard::cli {

static std::string projectText(const ProjectSurvey &survey, const std::string &build) {
  std::string text = "# Settings of coroguard for this project. 'coroguard config FILE' shows what applies to a file.\n"
                     "# Options of single rules stand in .clang-tidy, where editors see them too.\n\n"
                     "# default: rules that are right 19 times in 20; strict: also those that want a reader's judgement.\n"
                     "profile: default\n";
  if (!build.empty())
    text += "\n# Where compile_commands.json is.\nbuild: '" + build + "'\n";
  text += "\n# Code of others: neither checked nor reported in.\n";
  text += survey.thirdParty.empty() ? "#exclude: [third_party]\n" : "exclude: ['" + llvm::join(survey.thirdParty, "', '") + "']\n";
  text += "\n# Findings that are known; 'coroguard baseline create' writes the file.\n"
          "#baseline: coroguard-baseline.json\n"
          "\n# Facts about your own functions: what blocks, what takes tasks over.\n"
          "#models: [coroguard-models.yaml]\n"
          "\n# Other settings for some files; later ones win.\n"
          "#overrides:\n"
          "#  - paths: [test]\n"
          "#    rules: [-async-blocking-call]\n";
  return text;
}

/// A job of checker/package, with the command that makes this project's database.
static std::string jobText(llvm::StringRef job, const ProjectSurvey &survey) {
  constexpr llvm::StringLiteral shipped = "cmake -S . -B build -DCMAKE_EXPORT_COMPILE_COMMANDS=ON";
  llvm::StringRef own = survey.buildSystem && !survey.buildSystem->database.empty() ? survey.buildSystem->database : "bear -- make";
  auto [before, after] = job.split(shipped);
  return (before + own + after).str();
}

std::vector<StarterFile> starterFiles(const ProjectSurvey &survey, const std::string &build) {
  std::vector<StarterFile> files;
  files.push_back({driver::ProjectFile::name.str(), projectText(survey, build), ""});
  if (survey.github)
    files.push_back({".github/workflows/coroguard.yml", jobText(githubJob, survey), "name your mirror of coroguard in it"});
  if (survey.gitlab)
    files.push_back({".gitlab/coroguard.yml", jobText(gitlabJob, survey), "add 'include: {local: .gitlab/coroguard.yml}' to .gitlab-ci.yml"});
  return files;
}

} // namespace coroguard::cli
