// Contracts from files for the daemon, and how it says what changed between two of them.
#pragma once

#include "gateway/main/cli/command_line.hpp"
#include "wsdl/reader.hpp"

namespace hutong::cli {

// With what it imports, within the limits of the home, if there is one; the daemon applies its own in any
// case.
Result<wsdl::Bundle> load_contract(const Context& context, const std::string& file);
json::object contract_arguments(const wsdl::Bundle& bundle);  // "main" and "files"

// A line for each of the result's "changes".
std::string changes_text(const json::value& result);

}  // namespace hutong::cli
