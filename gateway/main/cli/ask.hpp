// A command that the running daemon does: asks it, and shows the result.
#pragma once

#include "gateway/main/cli/command_line.hpp"

namespace hutong::cli {

// Error: invalid, when neither --home nor HUTONG_HOME was given; not_found, when there is no platform in it.
Result<void> need_home(const Context& context);

// An edit that replaced somebody else's change says so on standard error.
Result<json::value> ask(const Context& context, std::string command, json::object arguments = {});
// With a credential at hand. What an officer has to be told goes to standard error.
Result<json::value> ask_with(const Context& context, std::string command, json::object arguments,
                             json::object credential);

// --if-match of an edit: the revision that it builds on.
void offer_if_match(CLI::App& command, std::string& seen, const std::string& shown_by);
void add_if_match(const std::string& seen, json::object& arguments);

// Of a result, "replaced what li had changed at … (revision 4): policy"; empty: it replaced nobody's change.
std::string replaced_text(const json::value& result);

// Members of results the daemon sent, as text; empty for null or what is not there.
std::string text_of(const json::value& object, std::string_view name);

// A table of a JSON array's objects: column titles and the members they show.
std::string table_of(const json::value& array,
                     const std::vector<std::pair<std::string, std::string>>& columns);

}  // namespace hutong::cli
