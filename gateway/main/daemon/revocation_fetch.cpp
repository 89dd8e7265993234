#include "gateway/main/daemon/revocation_fetch.hpp"

#include <map>

#include "base/log.hpp"
#include "gateway/main/coroutine.hpp"
#include "gateway/main/daemon/client_limits.hpp"

namespace hutong::daemon {

namespace {

constexpr std::uint64_t largest_crl = 16u << 20;
constexpr std::uint64_t largest_answer = 64u << 10;
constexpr std::size_t longest_trouble = 500;

std::string shortened(std::string text) {
    if (text.size() > longest_trouble) text.resize(longest_trouble);
    return text;
}

}  // namespace

RevocationFetch::RevocationFetch(asio::io_context& context, security::TrustedAuthorities& trusted,
                                 const config::Backend& backend, const std::filesystem::path& spool,
                                 security::TrustDomains domains)
    : context_(context),
      trusted_(trusted),
      client_(context, client_limits(backend, largest_crl), largest_crl, spool),
      domains_(std::move(domains)) {}

Awaitable<> RevocationFetch::begin_due() {
    auto lists = co_await trusted_.claim_crls();
    if (!lists) co_return;  // the watch on the database says when it is away
    for (security::CrlJob& job : *lists)
        if (under_way_.insert(job.url).second)
            asio::co_spawn(context_, fetch_crl(std::move(job)), asio::detached);

    const Result<void> found = co_await trusted_.find_certificates_to_ask_about();
    if (!found) co_return;
    auto answers = co_await trusted_.claim_answers();
    if (!answers) co_return;
    std::map<std::string, std::vector<security::AnswerJob>> by_responder;
    for (security::AnswerJob& job : *answers) by_responder[job.url].push_back(std::move(job));
    for (auto& [url, jobs] : by_responder)
        if (under_way_.insert(url).second)
            asio::co_spawn(context_, fetch_answers(std::move(jobs)), asio::detached);
}

Awaitable<> RevocationFetch::fetch_crl(security::CrlJob job) {
    const std::string url = job.url;
    const Result<void> done = co_await fetch_and_keep(job);
    if (!done) {
        log(MessageId::HT4021, {{"url", url}, {"ca", job.ca}, {"reason", done.error().detail}});
        (void)co_await trusted_.crl_failed(std::move(job), shortened(done.error().detail));
    }
    under_way_.erase(url);
}

Awaitable<> RevocationFetch::fetch_answers(std::vector<security::AnswerJob> jobs) {
    const std::string url = jobs.front().url;
    bool any = false;
    for (security::AnswerJob& job : jobs) {
        const Result<void> done = co_await fetch_and_keep(job);
        any = any || done.has_value();
        if (done) continue;
        log(MessageId::HT4021,
            {{"url", url}, {"certificate", job.certificate}, {"reason", done.error().detail}});
        (void)co_await trusted_.answer_failed(std::move(job), shortened(done.error().detail));
    }
    if (any) (void)co_await trusted_.announce();
    under_way_.erase(url);
}

Awaitable<Result<void>> RevocationFetch::fetch_and_keep(security::CrlJob job) {
    http::OutgoingRequest request;
    request.method = "GET";
    HUTONG_CO_ASSIGN(Bytes der, co_await fetch(job.url, std::move(request)));
    HUTONG_CO_ASSIGN(const std::string id, domains_.id_of_authority(job.issuer));
    HUTONG_CO_ASSIGN(security::CrlFacts facts,
                     security::check_foreign_crl(der, job.issuer, system_clock().now(), job.held, id));
    co_return co_await trusted_.keep_crl(std::move(job), std::move(der), std::move(facts));
}

Awaitable<Result<void>> RevocationFetch::fetch_and_keep(security::AnswerJob job) {
    HUTONG_CO_ASSIGN(const Bytes question, security::foreign_question(job.certificate_der, job.issuer));
    http::OutgoingRequest request;
    request.headers.set("Content-Type", "application/ocsp-request");
    request.body.push_back({std::string(as_text(question))});
    HUTONG_CO_ASSIGN(Bytes der, co_await fetch(job.url, std::move(request)));
    if (der.size() > largest_answer) co_return invalid("the OCSP answer is too long");
    HUTONG_CO_ASSIGN(const std::string id, domains_.id_of_authority(job.issuer));
    HUTONG_CO_ASSIGN(const security::AnswerFacts facts,
                     security::check_foreign_answer(der, job.certificate_der, job.issuer,
                                                    system_clock().now(), job.held, job.crl, id));
    co_return co_await trusted_.keep_answer(std::move(job), std::move(der), facts);
}

Awaitable<Result<Bytes>> RevocationFetch::fetch(std::string url, http::OutgoingRequest request) {
    HUTONG_CO_ASSIGN(const http::Url to, http::parse_url(url));
    auto answer = co_await client_.send(to, std::move(request));
    if (answer.has_error()) co_return answer.error().error;
    if (answer->status >= 300 && answer->status < 400)
        co_return refused("it leads elsewhere (status " + std::to_string(answer->status) +
                          "): redirects are not followed, give the final address");
    if (answer->status != 200) co_return unavailable("status " + std::to_string(answer->status));
    const std::string_view body = answer->body.memory();  // its limit is that of what may be fetched
    co_return Bytes(body.begin(), body.end());
}

}  // namespace hutong::daemon
