// The policy of a service on the command line: a preset's name, a document in a file, or single keys.
#pragma once

#include "gateway/main/cli/command_line.hpp"

namespace hutong::cli {

bool is_preset(std::string_view word);

// What `--policy WHAT` means as arguments of service.publish. Error: the file cannot be read.
Result<void> add_policy_arguments(const std::string& what, json::object& arguments);

// "request.freshness=60" as a line of a policy document; a bare word is quoted. Error: there is no '='.
Result<std::string> document_line(const std::string& assignment);

// The first line of a document that was shown, and which revision of this service it names; empty: none.
std::string revision_line(const std::string& revision, const std::string& service);
std::string revision_in(const std::string& document, const std::string& service);

// hutong service policy
void add_policy_command(Parser& parser, CLI::App& service);

}  // namespace hutong::cli
