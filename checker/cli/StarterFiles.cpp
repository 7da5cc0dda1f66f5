// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// .coroguard.yaml, and the job of a CI service.
#include "checker/cli/StarterFiles.h"

#include "checker/cli/Commands.h"
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

/// Shell lines that make the database.
static std::string databaseCommand(const ProjectSurvey &survey) {
  return survey.buildSystem && !survey.buildSystem->database.empty() ? survey.buildSystem->database.str() : "bear -- make";
}

static std::string githubText(const ProjectSurvey &survey) {
  return "# Findings of coroguard on the changed lines of a pull request. Replace your/mirror-of-coroguard; the first run builds it.\n"
         "name: coroguard\n"
         "on: [push, pull_request]\n"
         "jobs:\n"
         "  coroguard:\n"
         "    runs-on: ubuntu-latest\n"
         "    container: debian:12\n"
         "    permissions:\n"
         "      contents: read\n"
         "      security-events: write\n"
         "    steps:\n"
         "      - run: apt-get update && apt-get install -y git cmake ninja-build g++ bear\n"
         "      - uses: actions/checkout@v4\n"
         "      - uses: actions/checkout@v4\n"
         "        with:\n"
         "          repository: your/mirror-of-coroguard\n"
         "          ref: v" + std::string(versionText()) + "\n"
         "          path: .coroguard-tool\n"
         "      - run: " + databaseCommand(survey) + "\n"
         "      - uses: ./.coroguard-tool/checker/package/github\n";
}

static std::string gitlabText(const ProjectSurvey &survey) {
  return "# Findings of coroguard in merge requests. The image must have coroguard and what your build needs.\n"
         "coroguard:\n"
         "  image: your/image-with-coroguard\n"
         "  script:\n"
         "    - " + databaseCommand(survey) + "\n"
         "    - coroguard check --exit-zero --report gitlab=gl-code-quality-report.json\n"
         "  artifacts:\n"
         "    when: always\n"
         "    reports:\n"
         "      codequality: gl-code-quality-report.json\n";
}

std::vector<StarterFile> starterFiles(const ProjectSurvey &survey, const std::string &build) {
  std::vector<StarterFile> files;
  files.push_back({driver::ProjectFile::name.str(), projectText(survey, build), ""});
  if (survey.github)
    files.push_back({".github/workflows/coroguard.yml", githubText(survey), "name your mirror of coroguard in it"});
  if (survey.gitlab)
    files.push_back({".gitlab/coroguard.yml", gitlabText(survey), "add 'include: {local: .gitlab/coroguard.yml}' to .gitlab-ci.yml"});
  return files;
}

} // namespace coroguard::cli
