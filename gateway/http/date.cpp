#include "gateway/http/date.hpp"

#include <array>
#include <cstdio>

namespace hutong::http {

std::string http_date(std::time_t time) {
    static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm utc{};
    gmtime_r(&time, &utc);
    char format[40];  // strftime's own names would follow the locale
    std::snprintf(format, sizeof format, "%s, %%d %s %%Y %%H:%%M:%%S GMT",
                  days[static_cast<std::size_t>(utc.tm_wday)], months[static_cast<std::size_t>(utc.tm_mon)]);
    std::array<char, 64> text;
    return {text.data(), std::strftime(text.data(), text.size(), format, &utc)};
}

}  // namespace hutong::http
