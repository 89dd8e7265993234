// hutong journal list, show: on the files, with or without a running daemon.
#include <memory>

#include "gateway/main/cli/ask.hpp"
#include "gateway/main/cli/command_line.hpp"
#include "gateway/main/cli/text.hpp"
#include "security/journal/journal.hpp"

namespace hutong::cli {

namespace {

using security::StoredRecord;

struct ListOptions {
    std::string consumer, service, since;
    std::size_t limit{100};
};

json::object told(const StoredRecord& stored) {
    const security::Record& record = stored.record;
    return {{"sequence", stored.position.sequence},
            {"segment", stored.position.segment},
            {"offset", stored.position.offset},
            {"chain", to_hex(stored.chain)},
            {"kind", security::to_string(record.kind)},
            {"exchange", record.exchange},
            {"time", format_utc(record.time)},
            {"consumer", record.consumer},
            {"service", record.service},
            {"operation", record.operation},
            {"signer", record.signer},
            {"message_id", record.message_id},
            {"outcome", record.outcome},
            {"reason", record.reason},
            {"remote", record.remote},
            {"message_bytes", record.message_bytes},
            {"message_digest", to_hex(record.message_digest)}};
}

Result<Output> list(const Context& context, const ListOptions& options) {
    HUTONG_TRY(need_home(context));
    security::JournalQuery query;
    query.limit = options.limit;
    if (!options.consumer.empty()) query.consumer = options.consumer;
    if (!options.service.empty()) query.service = options.service;
    if (!options.since.empty()) {
        auto since = parse_utc(options.since);
        if (!since) return since.error().at("--since");
        query.since = *since;
    }
    HUTONG_ASSIGN(const auto records, security::read_journal(context.home.journal(), query));
    json::array all;
    for (const StoredRecord& record : records) all.push_back(told(record));
    json::value value(std::move(all));
    std::string text = table_of(value, {{"TIME", "time"},
                                        {"ID", "exchange"},
                                        {"KIND", "kind"},
                                        {"CONSUMER", "consumer"},
                                        {"SERVICE", "service"},
                                        {"OPERATION", "operation"},
                                        {"OUTCOME", "outcome"}});
    return Output{std::move(value), std::move(text)};
}

// The content is bytes of any charset: text for people keeps it out, --json carries it as base64.
Result<Output> show(const Context& context, const std::string& id) {
    HUTONG_TRY(need_home(context));
    security::JournalQuery query;
    query.exchange = id;
    query.newest_first = false;
    HUTONG_ASSIGN(const auto records, security::read_journal(context.home.journal(), query));
    if (records.empty())
        return not_found("this node's journal has no exchange " + id +
                         "; it may be on another node (hutong node list)");
    json::array all;
    std::string text;
    for (const StoredRecord& stored : records) {
        json::object one = told(stored);
        for (const auto& member : one) {
            const std::string value = text_of(one, member.key());
            if (!value.empty()) text += std::string(member.key()) + ": " + one_line(value) + "\n";
        }
        text += "content: " + std::to_string(stored.record.content.size()) + " bytes\n\n";
        one["content"] = to_base64(as_bytes(stored.record.content));
        all.push_back(std::move(one));
    }
    return Output{json::value(std::move(all)), std::move(text)};
}

}  // namespace

void add_journal_commands(Parser& parser) {
    CLI::App* journal = parser.app.add_subcommand("journal", "the evidence of calls on this node");
    journal->require_subcommand(1);

    auto listed = std::make_shared<ListOptions>();
    CLI::App* command = parser.command(*journal, "list", "list records, newest first",
                                       [listed](const Context& context) { return list(context, *listed); });
    command->add_option("--consumer", listed->consumer, "of this consumer only");
    command->add_option("--service", listed->service, "of this service only (ORG/NAME)");
    command->add_option("--since", listed->since, "from this time on (2026-11-23T08:00:00Z)");
    command->add_option("--limit", listed->limit, "at most so many; 100 by default")
        ->check(CLI::Range(1, 1'000'000'000));

    auto id = std::make_shared<std::string>();
    parser
        .command(*journal, "show", "show one exchange",
                 [id](const Context& context) { return show(context, *id); })
        ->add_option("id", *id, "the incident id")
        ->required();

    add_evidence_commands(parser, *journal);
}

}  // namespace hutong::cli
