#include "base/log.hpp"

#include <atomic>
#include <memory>
#include <mutex>

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace hutong {

namespace {

struct MessageRow {
    std::string_view id;
    LogLevel level;
    std::string_view text;
};

constexpr LogLevel debug = LogLevel::debug;
constexpr LogLevel info = LogLevel::info;
constexpr LogLevel warning = LogLevel::warning;
constexpr LogLevel error = LogLevel::error;

constexpr MessageRow rows[] = {
#define HUTONG_MESSAGE(id, level, text) {#id, level, text},
#include "conf/messages.def"
#undef HUTONG_MESSAGE
};

std::string_view name_of(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return "debug";
        case LogLevel::info:
            return "info";
        case LogLevel::warning:
            return "warning";
        case LogLevel::error:
            return "error";
    }
    return "error";
}

// JSON string content; control characters, and with them forged lines, become escapes.
void append_escaped(std::string& out, std::string_view text) {
    static constexpr char digits[] = "0123456789abcdef";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(c);
        } else if (c == '\n') {
            out += "\\n";
        } else if (byte < 0x20 || byte == 0x7f) {
            out += "\\u00";
            out.push_back(digits[byte >> 4]);
            out.push_back(digits[byte & 15]);
        } else {
            out.push_back(c);
        }
    }
}

std::string json_line(const MessageRow& row, std::initializer_list<LogField> fields) {
    std::string line = "{\"time\":\"" + format_utc(system_clock().now()) + "\",\"level\":\"";
    line.append(name_of(row.level)).append("\",\"id\":\"").append(row.id).append("\",\"message\":\"");
    append_escaped(line, row.text);
    line.push_back('"');
    for (const LogField& field : fields) {
        line.append(",\"").append(field.name).append("\":\"");
        append_escaped(line, field.value);
        line.push_back('"');
    }
    return line + "}";
}

std::string text_line(const MessageRow& row, std::initializer_list<LogField> fields) {
    std::string line = format_utc(system_clock().now()) + " ";
    line.append(name_of(row.level)).append(" ").append(row.id).append(" ").append(row.text);
    for (const LogField& field : fields) {
        line.append(" ").append(field.name).append("=\"");
        append_escaped(line, field.value);
        line.push_back('"');
    }
    return line;
}

struct Target {
    std::shared_ptr<spdlog::logger> logger;
    LogOptions options;
};

std::shared_ptr<const Target> make_target(const LogOptions& options) {
    auto target = std::make_shared<Target>();
    target->options = options;
    const spdlog::sink_ptr sink =
        options.file.empty()
            ? spdlog::sink_ptr(std::make_shared<spdlog::sinks::stderr_sink_mt>())
            : spdlog::sink_ptr(std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.file));
    target->logger = std::make_shared<spdlog::logger>("hutong", sink);
    target->logger->set_pattern("%v");
    target->logger->set_level(spdlog::level::trace);
    target->logger->flush_on(spdlog::level::trace);
    return target;
}

std::atomic<std::shared_ptr<const Target>>& target() {
    static std::atomic<std::shared_ptr<const Target>> current{make_target({{}, false, LogLevel::info})};
    return current;
}

}  // namespace

void configure_log(const LogOptions& options) {
    try {
        target().store(make_target(options));
    } catch (const spdlog::spdlog_ex& e) {
        throw Failure(unavailable("log file " + options.file + " cannot be opened: " + e.what()));
    }
}

void reopen_log() {
    configure_log(target().load()->options);
}

void log(MessageId id, std::initializer_list<LogField> fields) {
    const std::shared_ptr<const Target> now = target().load();
    const MessageRow& row = rows[static_cast<std::size_t>(id)];
    if (row.level < now->options.level) return;
    now->logger->info(
        spdlog::string_view_t(now->options.json ? json_line(row, fields) : text_line(row, fields)));
}

}  // namespace hutong
