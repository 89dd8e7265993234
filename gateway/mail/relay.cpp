#include "gateway/mail/relay.hpp"

#include <algorithm>
#include <memory>
#include <mutex>

#include <curl/curl.h>

namespace hutong::mail {

namespace {

constexpr long connect_milliseconds = 5'000;
constexpr long all_milliseconds = 30'000;

struct EasyFree {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListFree {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::size_t give(char* into, std::size_t size, std::size_t count, void* rest) {
    auto& text = *static_cast<std::string_view*>(rest);
    const std::size_t length = std::min(text.size(), size * count);
    text.copy(into, length);
    text.remove_prefix(length);
    return length;
}

std::size_t ignore(char*, std::size_t size, std::size_t count, void*) {
    return size * count;
}

int go_on(void* stopped, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return *static_cast<const std::atomic<bool>*>(stopped) ? 1 : 0;
}

ErrorCode code_of(CURLcode outcome, long answer) {
    if (answer >= 500) return ErrorCode::refused;
    return outcome == CURLE_OPERATION_TIMEDOUT ? ErrorCode::timeout : ErrorCode::unavailable;
}

}  // namespace

Relay::Relay(config::Mail options) : options_(std::move(options)) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

Result<void> Relay::send(const Message& message) const {
    const std::unique_ptr<CURL, EasyFree> easy(curl_easy_init());
    const std::string to = "<" + message.to + ">", from = "<" + message.from + ">";
    const std::unique_ptr<curl_slist, ListFree> recipients(curl_slist_append(nullptr, to.c_str()));
    if (!easy || !recipients) return internal("libcurl cannot begin");
    const std::string text = text_of(message, system_clock().now());
    std::string_view rest = text;
    char why[CURL_ERROR_SIZE] = "";

    CURL* const curl = easy.get();
    bool ready = true;
    const auto set = [&](CURLoption option, auto value) {
        ready = curl_easy_setopt(curl, option, value) == CURLE_OK && ready;
    };
    set(CURLOPT_URL, options_.relay.c_str());
    set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    set(CURLOPT_PROXY, "");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT_MS, connect_milliseconds);
    set(CURLOPT_TIMEOUT_MS, all_milliseconds);
    set(CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_TRY));
    if (!options_.ca_file.empty()) {
        set(CURLOPT_CAINFO, options_.ca_file.c_str());
        set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));  // libcurl's own folder would count besides
    }
    set(CURLOPT_MAIL_FROM, from.c_str());
    set(CURLOPT_MAIL_RCPT, recipients.get());
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_READFUNCTION, give);
    set(CURLOPT_READDATA, &rest);
    set(CURLOPT_WRITEFUNCTION, ignore);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, go_on);
    set(CURLOPT_XFERINFODATA, &stopped_);
    set(CURLOPT_ERRORBUFFER, why);
    if (!ready) return internal("libcurl does not know an option that mail needs");

    const CURLcode outcome = curl_easy_perform(curl);
    if (outcome == CURLE_OK) return {};
    long answer = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    std::string reason = why[0] == '\0' ? curl_easy_strerror(outcome) : static_cast<const char*>(why);
    if (answer >= 400) reason += " (it answered " + std::to_string(answer) + ")";
    return Error{code_of(outcome, answer),
                 "the relay " + options_.relay + " did not take the message: " + reason};
}

}  // namespace hutong::mail
