#include "base/clock.hpp"

namespace hutong {

namespace {

using namespace std::chrono;

class SystemClock final : public Clock {
  public:
    TimePoint now() const override { return std::chrono::system_clock::now(); }
};

// Reads exactly `count` digits from the front of `text`.
bool take_number(std::string_view& text, std::size_t count, int& value) {
    if (text.size() < count) return false;
    value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9') return false;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return true;
}

bool take(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

// The fraction after the point, in nanoseconds; further digits are dropped.
bool take_fraction(std::string_view& text, nanoseconds& fraction) {
    std::int64_t value = 0;
    int digits = 0;
    std::size_t i = 0;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
        if (digits < 9) {
            value = value * 10 + (text[i] - '0');
            ++digits;
        }
    }
    if (i == 0) return false;
    for (; digits < 9; ++digits) value *= 10;
    text.remove_prefix(i);
    fraction = nanoseconds(value);
    return true;
}

bool take_zone(std::string_view& text, minutes& offset) {
    if (take(text, 'Z')) return true;
    const bool negative = !text.empty() && text.front() == '-';
    if (!negative && (text.empty() || text.front() != '+')) return false;
    text.remove_prefix(1);
    int hour = 0;
    int minute = 0;
    if (!take_number(text, 2, hour) || !take(text, ':') || !take_number(text, 2, minute)) return false;
    if (hour > 14 || minute > 59) return false;
    offset = hours(hour) + minutes(minute);
    if (negative) offset = -offset;
    return true;
}

// The number in `count` digits, and what stands behind it. The clock's nanoseconds reach from 1677 to 2262.
void put_number(std::string& text, long number, std::size_t count, char behind) {
    text.append(count, '0').push_back(behind);
    for (std::size_t at = text.size() - 1; count > 0; --count, number /= 10)
        text[--at] = static_cast<char>('0' + number % 10);
}

}  // namespace

const Clock& system_clock() {
    static const SystemClock clock;
    return clock;
}

std::string format_utc(TimePoint time) {
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{floor<milliseconds>(time - day)};
    std::string text;
    text.reserve(24);
    put_number(text, static_cast<int>(date.year()), 4, '-');
    put_number(text, static_cast<unsigned>(date.month()), 2, '-');
    put_number(text, static_cast<unsigned>(date.day()), 2, 'T');
    put_number(text, clock.hours().count(), 2, ':');
    put_number(text, clock.minutes().count(), 2, ':');
    put_number(text, clock.seconds().count(), 2, '.');
    put_number(text, clock.subseconds().count(), 3, 'Z');
    return text;
}

Result<TimePoint> parse_utc(std::string_view text) {
    const auto bad = [&] {
        return invalid("not an xs:dateTime with a time zone: \"" + std::string(text.substr(0, 40)) + "\"");
    };
    std::string_view rest = text;
    int y = 0;
    int mo = 0;
    int d = 0;
    int h = 0;
    int mi = 0;
    int s = 0;
    if (!take_number(rest, 4, y) || !take(rest, '-') || !take_number(rest, 2, mo) || !take(rest, '-') ||
        !take_number(rest, 2, d) || !take(rest, 'T') || !take_number(rest, 2, h) || !take(rest, ':') ||
        !take_number(rest, 2, mi) || !take(rest, ':') || !take_number(rest, 2, s))
        return bad();
    nanoseconds fraction{0};
    minutes offset{0};
    if (take(rest, '.') && !take_fraction(rest, fraction)) return bad();
    if (!take_zone(rest, offset) || !rest.empty()) return bad();
    const year_month_day date{year(y), month(static_cast<unsigned>(mo)), day(static_cast<unsigned>(d))};
    // 1970–2261 is what the clock's nanosecond range holds with room for arithmetic.
    if (!date.ok() || y < 1970 || y > 2250 || h > 23 || mi > 59 || s > 59) return bad();
    return TimePoint{sys_days{date} + hours(h) + minutes(mi) + seconds(s) + fraction - offset};
}

}  // namespace hutong
