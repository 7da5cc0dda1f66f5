# SPDX-FileCopyrightText: coroguard contributors
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks the C++ sources of Bazel targets: one action per unit, cached and distributed as any other.

    bazel build --aspects=@coroguard//:coroguard.bzl%coroguard --output_groups=coroguard //...

Each action reads the source, the headers its target may include, the program and the settings, and writes a json report whose paths start
at the workspace. `coroguard merge` joins them. Tested with Bazel 4.2.3.
"""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "ACTION_NAMES")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

CoroguardInfo = provider(
    doc = "Reports of a target and of what it depends on.",
    fields = {"reports": "depset of json files"},
)

_SOURCES = ["cpp", "cc", "cxx", "c++", "C"]

def _setting_impl(ctx):
    return _SettingInfo(value = ctx.build_setting_value)

_SettingInfo = provider(fields = ["value"])

string_setting = rule(implementation = _setting_impl, build_setting = config.string(flag = True))
bool_setting = rule(implementation = _setting_impl, build_setting = config.bool(flag = True))

def _own_sources(target, rule):
    """The sources of a target in this workspace that are to be checked."""
    if CcInfo not in target or target.label.workspace_name or "no-coroguard" in getattr(rule.attr, "tags", []):
        return []
    files = []
    for source in getattr(rule.attr, "srcs", []):
        files += [file for file in source.files.to_list() if file.extension in _SOURCES]
    return files

def _compile_flags(target, ctx):
    """How the target's sources are compiled, without names of files."""
    context = target[CcInfo].compilation_context
    toolchain = find_cpp_toolchain(ctx)
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = toolchain,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features,
    )
    copts = []
    for option in getattr(ctx.rule.attr, "copts", []):
        copts += ctx.tokenize(ctx.expand_make_variables("copts", option, {}))
    variables = cc_common.create_compile_variables(
        feature_configuration = features,
        cc_toolchain = toolchain,
        user_compile_flags = copts + ctx.fragments.cpp.copts + ctx.fragments.cpp.cxxopts,
        include_directories = context.includes,
        quote_include_directories = context.quote_includes,
        system_include_directories = context.system_includes,
        preprocessor_defines = depset(transitive = [context.defines, getattr(context, "local_defines", depset())]),
    )
    flags = cc_common.get_memory_inefficient_command_line(
        feature_configuration = features,
        action_name = ACTION_NAMES.cpp_compile,
        variables = variables,
    )
    return flags, toolchain.all_files

def _check(source, flags, inputs, target, ctx):
    """The action of one unit."""
    report = ctx.actions.declare_file("{}.coroguard/{}.json".format(target.label.name, source.short_path.replace("../", "")))
    arguments = ctx.actions.args()
    arguments.add_all(["check", source, "--root", ".", "--keep-links", "--no-cache", "--quiet", "--format", "concise"])
    arguments.add("--report", report, format = "json=%s")
    for option, setting in [("--project", ctx.files._project), ("--config-file", ctx.files._clang_tidy)]:
        if setting:
            arguments.add(option, setting[0])
    if not ctx.files._project:
        arguments.add("--project", "none")
    if not ctx.files._clang_tidy:
        arguments.add("--config", "{}")  # what lies around the sandbox must not count
    if ctx.attr._profile[_SettingInfo].value:
        arguments.add("--profile", ctx.attr._profile[_SettingInfo].value)
    if not ctx.attr._fail_on_findings[_SettingInfo].value:
        arguments.add("--exit-zero")
    arguments.add("--")
    arguments.add_all(flags)
    ctx.actions.run(
        executable = ctx.executable._program,
        arguments = [arguments],
        inputs = depset(ctx.files._project + ctx.files._clang_tidy + ctx.files._models + [source], transitive = inputs),
        outputs = [report],
        mnemonic = "Coroguard",
        progress_message = "Checking " + source.short_path,
    )
    return report

def _coroguard_impl(target, ctx):
    own = []
    sources = _own_sources(target, ctx.rule)
    if sources:
        flags, toolchain_files = _compile_flags(target, ctx)
        inputs = [target[CcInfo].compilation_context.headers, toolchain_files]
        own = [_check(source, flags, inputs, target, ctx) for source in sources]
    below = [dep[CoroguardInfo].reports for dep in getattr(ctx.rule.attr, "deps", []) if CoroguardInfo in dep]
    reports = depset(own, transitive = below)
    return [CoroguardInfo(reports = reports), OutputGroupInfo(coroguard = reports)]

coroguard = aspect(
    implementation = _coroguard_impl,
    attr_aspects = ["deps"],
    attrs = {
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
        "_program": attr.label(default = Label("//:program"), executable = True, cfg = "exec"),
        "_project": attr.label(default = Label("//:project"), allow_files = True),
        "_clang_tidy": attr.label(default = Label("//:clang_tidy"), allow_files = True),
        "_models": attr.label(default = Label("//:models"), allow_files = True),
        "_profile": attr.label(default = Label("//:profile")),
        "_fail_on_findings": attr.label(default = Label("//:fail_on_findings")),
    },
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)

def _installed_impl(repository):
    path = repository.path(repository.attr.path) if repository.attr.path else repository.which("coroguard")
    if not path or not path.exists:
        fail("coroguard_program: there is no program '{}'; install coroguard, or name it: coroguard_program(path = \"/…/bin/coroguard\")".format(
            repository.attr.path or "coroguard",
        ))
    done = repository.execute([path, "version"])
    if done.return_code:
        fail("coroguard_program: '{}' does not run: {}".format(path, done.stderr))
    repository.symlink(path, "coroguard")
    repository.file("version", done.stdout)
    repository.file("BUILD.bazel", """\
sh_binary(
    name = "program",
    srcs = ["coroguard"],
    data = ["version"],
    visibility = ["//visibility:public"],
)
""")

coroguard_program = repository_rule(
    doc = "The coroguard that is installed on this machine. Its bytes and its version are part of the key of every action.",
    implementation = _installed_impl,
    attrs = {"path": attr.string(doc = "of the program; default: on the PATH")},
    environ = ["PATH"],
    local = True,
)
