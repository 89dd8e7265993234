#include "gateway/mail/message.hpp"

#include <ctime>

#include "base/bytes.hpp"
#include "base/ids.hpp"

namespace hutong::mail {

namespace {

constexpr std::size_t line_length = 76;

// Not by strftime, whose names follow the locale.
std::string date(TimePoint now) {
    static constexpr const char* days[]{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* months[]{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    const auto two = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    return std::string(days[utc.tm_wday]) + ", " + two(utc.tm_mday) + " " + months[utc.tm_mon] + " " +
           std::to_string(utc.tm_year + 1900) + " " + two(utc.tm_hour) + ":" + two(utc.tm_min) + ":" +
           two(utc.tm_sec) + " +0000";
}

}  // namespace

std::string text_of(const Message& message, TimePoint now) {
    const std::string domain = message.from.substr(message.from.find('@') + 1);
    std::string text =
        "Date: " + date(now) + "\r\nFrom: <" + message.from + ">\r\nTo: <" + message.to +
        ">\r\nMessage-ID: <" + new_uuid() + "@" + domain + ">\r\nSubject: " + message.subject +
        "\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: " + message.content_type +
        "\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    const std::string content = to_base64(as_bytes(message.content));
    for (std::size_t at = 0; at < content.size(); at += line_length)
        text += content.substr(at, line_length) + "\r\n";
    return text;
}

}  // namespace hutong::mail
