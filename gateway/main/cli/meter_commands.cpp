// hutong meter.
#include <memory>

#include "gateway/main/cli/ask.hpp"
#include "gateway/main/cli/command_line.hpp"

namespace hutong::cli {

void add_meter_command(Parser& parser) {
    struct Options {
        std::string consumer, service, since, by{"day"};
    };
    auto options = std::make_shared<Options>();
    CLI::App* command =
        parser.command(parser.app, "meter", "how much was called, by consumer, service and operation",
                       [options](const Context& context) -> Result<Output> {
                           json::object arguments{{"by", options->by}};
                           if (!options->consumer.empty()) arguments["consumer"] = options->consumer;
                           if (!options->service.empty()) arguments["service"] = options->service;
                           if (!options->since.empty()) arguments["since"] = options->since;
                           HUTONG_ASSIGN(json::value result, ask(context, "meter", std::move(arguments)));
                           std::string text = table_of(result, {{"FROM", "from"},
                                                                {"CONSUMER", "consumer"},
                                                                {"SERVICE", "service"},
                                                                {"OPERATION", "operation"},
                                                                {"CALLS", "calls"},
                                                                {"FAULTS", "faults"},
                                                                {"BYTES IN", "bytes_in"},
                                                                {"BYTES OUT", "bytes_out"},
                                                                {"MS", "milliseconds"}});
                           return Output{std::move(result), std::move(text)};
                       });
    command->add_option("--consumer", options->consumer, "of this consumer only");
    command->add_option("--service", options->service, "of this service only, ORG/NAME");
    command->add_option("--since", options->since,
                        "a day, YYYY-MM-DD (UTC), or a time with its zone; a month ago by default");
    command->add_option("--by", options->by, "one row for each hour, day or month (UTC); day by default")
        ->check(CLI::IsMember({"hour", "day", "month"}));
}

}  // namespace hutong::cli
