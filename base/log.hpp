// Structured log: one JSON or text line per event, each with a stable message id from conf/messages.def.
//
// The id, not the wording, is the contract with operators' tools. Thread-safe; never blocks on the network.
// Values are escaped, so a caller's bytes can't forge a line.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace hutong {

enum class LogLevel { debug, info, warning, error };

// One row per message: HUTONG_MESSAGE(id, level, "text").
enum class MessageId {
#define HUTONG_MESSAGE(id, level, text) id,
#include "conf/messages.def"
#undef HUTONG_MESSAGE
};

struct LogField {
    std::string_view name;
    std::string value;
};

struct LogOptions {
    std::string file;  // empty: stderr
    bool json{true};
    LogLevel level{LogLevel::info};
};

void configure_log(const LogOptions& options);  // call once at start; before it, text lines go to stderr
void reopen_log();                              // after rotation (SIGHUP)
void log(MessageId id, std::initializer_list<LogField> fields = {});

}  // namespace hutong
