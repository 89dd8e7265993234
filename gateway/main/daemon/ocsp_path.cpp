#include "gateway/main/daemon/ocsp_path.hpp"

#include "gateway/main/coroutine.hpp"
#include "security/trust/x509.hpp"

namespace hutong::daemon {

namespace {

using security::OcspRefusal;

constexpr std::string_view path = "/pki/ocsp";
constexpr const char* answer_type = "application/ocsp-response";
constexpr std::size_t most_remembered = 10'000;
// An RSA CA's delegate takes about a millisecond for each: a tenth of the control thread at most.
constexpr unsigned most_signed_in_second = 100;

http::Response response_of(const Bytes& der) {
    return http::text_response(200, answer_type, std::string(as_text(der)));
}

// RFC 5019 section 6: what may be kept on the way, until when.
http::Response cacheable(const security::OcspAnswer& answer) {
    http::Response response = response_of(answer.der);
    const auto left =
        std::chrono::duration_cast<std::chrono::seconds>(answer.next_update - system_clock().now());
    response.headers.set("Cache-Control",
                         "max-age=" + std::to_string(std::max<std::int64_t>(left.count() / 2, 0)) +
                             ",public,no-transform,must-revalidate");
    return response;
}

Result<Bytes> question_in(std::string_view request_path) {
    request_path.remove_prefix(path.size());
    if (!request_path.starts_with('/') || request_path.size() > security::longest_ocsp_request * 4 / 3 + 8)
        return invalid("no question");
    return from_base64(request_path.substr(1));
}

std::string key_of(const security::OcspQuestion& question) {
    return std::string(as_text(question.id));
}

bool is_ours(const registry::Catalogue& catalogue, const security::OcspQuestion& question) {
    for (const registry::TrustedCa& ca : catalogue.cas) {
        if (!ca.own) continue;
        const auto certificate = security::read_certificate(ca.der);
        if (certificate.has_value() && security::asks_about(question, certificate->get())) return true;
    }
    return false;
}

class SmallBody final : public http::BodySink {
  public:
    Result<void> take(std::string_view bytes) override {
        if (body.size() + bytes.size() > security::longest_ocsp_request)
            return Error{ErrorCode::limit, "the question is too long"};
        body.insert(body.end(), bytes.begin(), bytes.end());
        return {};
    }
    Bytes body;
};

}  // namespace

Awaitable<http::Response> OcspPath::handle(http::Request& request) {
    if (request.method == "GET") {
        auto question = question_in(request.path);
        if (question.has_error()) co_return response_of(security::ocsp_refusal(OcspRefusal::malformed));
        co_return co_await answer(std::move(*question));
    }
    if (request.method != "POST") {
        http::Response response =
            http::text_response(405, "text/plain; charset=utf-8", "POST and GET are known here\n");
        response.headers.set("Allow", "GET, POST");
        co_return response;
    }
    SmallBody sink;
    for (bool more = true; more;) {
        const Result<bool> read = co_await request.read_some(sink);
        if (read.has_error()) {
            http::Response response = response_of(security::ocsp_refusal(OcspRefusal::malformed));
            response.close = true;
            co_return response;
        }
        more = *read;
    }
    co_return co_await answer(std::move(sink.body));
}

Awaitable<http::Response> OcspPath::answer(Bytes der) {
    auto question = security::read_ocsp_request(der);
    if (question.has_error()) co_return response_of(security::ocsp_refusal(OcspRefusal::malformed));
    const auto catalogue = newest_();
    if (!catalogue) co_return response_of(security::ocsp_refusal(OcspRefusal::try_later));
    if (!is_ours(*catalogue, *question))
        co_return response_of(security::ocsp_refusal(OcspRefusal::unauthorized));
    const std::string key = key_of(*question);
    const bool wants_nonce = !question->nonce.empty() && authorities_ != nullptr;
    if (!wants_nonce) {
        const auto known = remembered(key, catalogue->generation);
        if (known) co_return cacheable(*known);
    }
    const Result<Answer> found =
        co_await asio::co_spawn(control_, look_up(std::move(*question)), asio::use_awaitable);
    if (found.has_error()) {
        const bool away = found.error().code == ErrorCode::unavailable;
        const bool not_here = found.error().code == ErrorCode::not_found;
        co_return response_of(security::ocsp_refusal(away       ? OcspRefusal::try_later
                                                     : not_here ? OcspRefusal::unauthorized
                                                                : OcspRefusal::internal));
    }
    if (wants_nonce) co_return response_of(found->der);
    remember(key, catalogue->generation, *found);
    co_return cacheable(*found);
}

std::shared_ptr<const security::Authority> OcspPath::asked_authority(
    const security::OcspQuestion& question) const {
    if (authorities_)
        for (const auto& authority : authorities_->all())
            if (security::asks_about(question, authority->certificate())) return authority;
    return nullptr;
}

bool OcspPath::may_sign_now() {
    const auto second =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now().time_since_epoch())
            .count();
    if (second != second_) signed_in_second_ = 0;
    second_ = second;
    return ++signed_in_second_ <= most_signed_in_second;
}

Awaitable<Result<OcspPath::Answer>> OcspPath::look_up(security::OcspQuestion question) {
    const auto authority = asked_authority(question);
    if (!question.nonce.empty() && authority && may_sign_now())
        co_return co_await sign(authority, std::move(question));
    const auto stored = co_await certificates_.stored_answer(question.serial);
    if (!stored) co_return stored.error();
    if (*stored) co_return Answer{(*stored)->der, (*stored)->next_update};
    if (!authority) co_return not_found("this node has no answer about that certificate");
    if (!may_sign_now()) co_return unavailable("too many questions at the moment");
    question.nonce.clear();
    co_return co_await sign(authority, std::move(question));
}

Awaitable<Result<OcspPath::Answer>> OcspPath::sign(std::shared_ptr<const security::Authority> authority,
                                                   security::OcspQuestion question) {
    const std::string ca = authority->issuing_name();
    const auto status = co_await certificates_.status_of(question.serial, ca);
    if (!status) co_return status.error();
    co_return authority->answer(question.serial, question.id, *status, question.nonce);
}

std::optional<OcspPath::Answer> OcspPath::remembered(const std::string& key, std::uint64_t generation) {
    const std::lock_guard lock(mutex_);
    if (generation != generation_) {
        answers_.clear();
        generation_ = generation;
    }
    const auto found = answers_.find(key);
    // Used for half its time only: whoever gets it should have some time left.
    if (found == answers_.end() || found->second.next_update - system_clock().now() < std::chrono::hours(6))
        return std::nullopt;
    return found->second;
}

void OcspPath::remember(const std::string& key, std::uint64_t generation, const Answer& answer) {
    const std::lock_guard lock(mutex_);
    if (generation != generation_) return;  // a revocation may have come in between
    if (answers_.size() >= most_remembered) answers_.clear();
    answers_.insert_or_assign(key, answer);
}

}  // namespace hutong::daemon
