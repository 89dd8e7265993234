// The admin audit log: what was commanded by whom, refused or done, in the node's journal.
//
// One record for a refusal or a read, two for a change (begun, and how it ended). The content is JSON: by
// whom, over which channel, with which arguments (never secrets). Runs on one thread.
#pragma once

#include "gateway/main/admin/commands.hpp"
#include "security/journal/journal.hpp"

namespace hutong::admin {

// What a stranger's words become in records and the log: a command that could be none as its digest, a reason
// cut after 2000 bytes.
std::string command_for_the_record(std::string_view command);
std::string reason_for_the_record(std::string_view reason);

class RecordKeeper {
  public:
    explicit RecordKeeper(security::Journal& journal) : journal_(journal) {}

    static security::Record record_of(std::string_view command, json::object arguments, const Caller& caller);
    // The same with how it went, at this moment.
    static security::Record ended(security::Record record, std::string_view outcome,
                                  std::string_view reason = {});
    static security::Record answered(security::Record record, const Result<json::value>& answer);
    Awaitable<Result<void>> write(security::Record record);

  private:
    security::Journal& journal_;
};

}  // namespace hutong::admin
