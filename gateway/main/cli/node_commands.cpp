// hutong node invite, list.
#include "gateway/main/cli/ask.hpp"
#include "gateway/main/cli/command_line.hpp"

namespace hutong::cli {

void add_node_commands(Parser& parser) {
    CLI::App* node = parser.app.add_subcommand("node", "the nodes of the platform");
    node->require_subcommand(1);
    parser.command(*node, "invite", "make a token that lets one further node in",
                   [](const Context& context) -> Result<Output> {
                       HUTONG_ASSIGN(json::value result, ask(context, "node.invite"));
                       std::string text =
                           "join token, shown only now, good once until " + text_of(result, "expires") +
                           ":\n" + text_of(result, "token") +
                           "\non the new machine: hutong join --home DIR --database URL --token TOKEN";
                       return Output{std::move(result), std::move(text)};
                   });
    parser.command(*node, "list", "list the nodes", [](const Context& context) -> Result<Output> {
        HUTONG_ASSIGN(json::value result, ask(context, "node.list"));
        std::string text = table_of(result, {{"ID", "id"},
                                             {"FOUNDER", "founder"},
                                             {"URL", "url"},
                                             {"JOINED", "joined"},
                                             {"LAST SEEN", "last_seen"}});
        return Output{std::move(result), std::move(text)};
    });
}

}  // namespace hutong::cli
