#include "gateway/main/api/api.hpp"

#include <memory>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "gateway/main/admin/admission.hpp"
#include "gateway/main/api/openapi.hpp"
#include "gateway/main/api/responses.hpp"
#include "gateway/main/coroutine.hpp"
#include "registry/store/revisions.hpp"
#include "version.hpp"

namespace hutong::api {

namespace json = boost::json;

namespace {

constexpr std::string_view root = "/api/v1/";
constexpr std::string_view commands_folder = "/api/v1/commands/";
constexpr std::string_view cookie_name = "__Host-hutong";
constexpr std::uint64_t most_of_a_sign_in = 16u << 10;

bool is_from_this_machine(std::string_view remote) {
    return remote.starts_with("127.") || remote.starts_with("[::1]:");
}

std::string address_of(const std::string& remote) {
    return remote.substr(0, remote.rfind(':'));
}

// RFC 6265 section 5.4: name=value pairs, parted by "; ". Two of our name are none: one may be a planted one.
std::string cookie_in(std::string_view header) {
    std::string found;
    while (!header.empty()) {
        const std::size_t end = std::min(header.find(';'), header.size());
        std::string_view pair = header.substr(0, end);
        header.remove_prefix(std::min(end + 1, header.size()));
        while (pair.starts_with(' ')) pair.remove_prefix(1);
        if (!pair.starts_with(cookie_name) || pair.substr(cookie_name.size(), 1) != "=") continue;
        if (!found.empty()) return {};
        found = pair.substr(cookie_name.size() + 1);
    }
    return found;
}

// Bound to the session, and of no use without it.
std::string csrf_of(const std::string& token) {
    return to_hex(sha256("hutong csrf\n" + token));
}

std::string set_cookie(const std::string& token, std::int64_t seconds) {
    return std::string(cookie_name) + "=" + token +
           "; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(seconds);
}

std::string text_in(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

// The one entity-tag that these answers have; "*" and lists are none of them, and are refused as no revision.
std::string unquoted(std::string_view tag) {
    const bool quoted = tag.size() > 2 && tag.front() == '"' && tag.back() == '"';
    return std::string(quoted ? tag.substr(1, tag.size() - 2) : tag);
}

// A body of JSON, and nothing that a form of another site can send.
class BoundedBody final : public http::BodySink {
  public:
    explicit BoundedBody(std::uint64_t most) : most_(most) {}
    Result<void> take(std::string_view bytes) override {
        if (text_.size() + bytes.size() > most_)
            return Error{ErrorCode::limit, "the body is larger than " + std::to_string(most_) + " bytes"};
        text_ += bytes;
        return {};
    }
    const std::string& text() const { return text_; }

  private:
    std::uint64_t most_;
    std::string text_;
};

Awaitable<Result<json::object>> read_json(http::Request& request, std::uint64_t most) {
    const auto type = request.headers.find("Content-Type");
    const auto media = http::parse_media_type(type.value_or("none/none"));
    if (media.has_error() || media->type != "application/json")
        co_return invalid("the body must be JSON: Content-Type: application/json");
    BoundedBody body(most);
    for (bool more = true; more;) {
        HUTONG_CO_ASSIGN(more, co_await request.read_some(body));
    }
    boost::system::error_code wrong;
    json::value value = json::parse(body.text(), wrong);
    if (wrong || !value.is_object()) co_return invalid("the body is no JSON object");
    co_return std::move(value.get_object());
}

// Another site's page may make a browser send a request; the browser then says whose page it was.
bool is_from_another_site(const http::Request& request) {
    const auto origin = request.headers.find("Origin");
    const auto host = request.headers.find("Host");
    return origin && (!host || *origin != (request.tls ? "https://" : "http://") + std::string(*host));
}

Error another_site() {
    return refused("the request is another site's");
}

}  // namespace

Api::Api(asio::any_io_executor control, admin::Commands& commands, const config::Officers& options)
    : control_(std::move(control)),
      commands_(commands),
      options_(options),
      openapi_(json::serialize(openapi_document(admin::command_table(), version))) {}

Awaitable<http::Response> Api::handle(http::Request& request) {
    std::shared_ptr<Asked> asked = asked_in(request);
    if (!request.tls && !(options_.api_on_http && is_from_this_machine(request.remote))) {
        asked->token.clear();  // it came in the clear: nobody is known by it
        co_return co_await refuse_from_outside(asked, refused("the API is served over HTTPS only"));
    }
    if (request.path == "/api/v1/openapi.json" && request.method == "GET")
        co_return guarded(http::text_response(200, "application/json", openapi_), request.tls);
    if (asked->is_sign_in() && asked->from_another_site)
        co_return co_await refuse_from_outside(asked, another_site());
    if (!asked->is_sign_in()) {
        auto work = admit(asked);
        auto refusal = co_await asio::co_spawn(control_, std::move(work), asio::use_awaitable);
        if (refusal) co_return guarded(std::move(*refusal), request.tls);
    }
    if (request.method == "POST") {
        const std::uint64_t most = asked->is_sign_in() ? most_of_a_sign_in : admin::max_request_bytes;
        Result<json::object> body = co_await read_json(request, most);
        if (body.has_error()) co_return co_await refuse_from_outside(asked, body.error());
        asked->body = std::move(*body);
    }
    auto work = asked->is_sign_in() ? sign_in(asked) : command(asked);
    http::Response response = co_await asio::co_spawn(control_, std::move(work), asio::use_awaitable);
    co_return guarded(std::move(response), request.tls);
}

Awaitable<http::Response> Api::refuse_from_outside(std::shared_ptr<Asked> asked, Error reason) {
    auto work = refuse(asked, std::move(reason));
    http::Response response = co_await asio::co_spawn(control_, std::move(work), asio::use_awaitable);
    co_return guarded(std::move(response), asked->tls);
}

Awaitable<http::Response> Api::refuse(std::shared_ptr<Asked> asked, Error reason, unsigned status) {
    if (status == 0) status = status_of(reason.code);
    const ErrorCode code = reason.code;
    std::string command = asked->is_sign_in() ? "me.sign-in" : asked->command;
    if (command.empty()) command = "api";  // a path that means nothing
    const Result<json::value> said =
        co_await commands_.refuse(std::move(command), asked->caller, std::move(reason));
    if (said.error().code != code) status = 503;  // the journal did not take it
    co_return error_response(status, said.error());
}

std::shared_ptr<Api::Asked> Api::asked_in(const http::Request& request) {
    auto asked = std::make_shared<Asked>();
    asked->method = request.method;
    asked->path = request.path;
    asked->remote = request.remote;
    asked->tls = request.tls;
    asked->from_another_site = is_from_another_site(request);
    if (!request.client_certificates.empty())
        asked->certificate = to_hex(sha256(ByteView(request.client_certificates.front())));
    const std::string_view authorization = request.headers.find("Authorization").value_or("");
    if (authorization.starts_with("Bearer ")) {
        asked->token = authorization.substr(7);
    } else if (request.tls) {
        asked->token = cookie_in(request.headers.find("Cookie").value_or(""));
        asked->by_cookie = !asked->token.empty();
    }
    asked->if_match = unquoted(request.headers.find("If-Match").value_or(""));
    asked->csrf = request.headers.find("X-Hutong-Csrf").value_or("");
    if (asked->path == "/api/v1/session" && asked->method == "DELETE") asked->command = "me.sign-out";
    if (asked->path == "/api/v1/me" && asked->method == "GET") asked->command = "me";
    if (asked->path.starts_with(commands_folder) && asked->method == "POST")
        asked->command = asked->path.substr(commands_folder.size());
    asked->caller.channel = security::Channel::api;
    asked->caller.place = asked->remote;
    asked->caller.certificate = asked->certificate;
    return asked;
}

Awaitable<Result<void>> Api::look_up_session(std::shared_ptr<Asked> asked) {
    asked->caller.officer.reset();
    if (asked->token.empty()) co_return Result<void>();
    Result<admin::Caller> known = co_await commands_.resume(asked->token, asked->caller);
    if (known.has_value())
        asked->caller = std::move(*known);
    else if (known.error().code != ErrorCode::refused)
        co_return known.error();
    co_return Result<void>();
}

Awaitable<std::optional<http::Response>> Api::admit(std::shared_ptr<Asked> asked) {
    const Result<void> looked = co_await look_up_session(asked);
    if (!looked) co_return error_response(looked.error());
    if (asked->from_another_site) co_return co_await refuse(asked, another_site());
    if (asked->command.empty()) {
        Error reason = not_found("there is nothing here for " + asked->method + "; see /api/v1/openapi.json");
        co_return co_await refuse(asked, std::move(reason));
    }
    if (!asked->caller.officer) {
        Error reason = refused("you are not signed in, or the session is over: POST /api/v1/session");
        co_return co_await refuse(asked, std::move(reason), 401);
    }
    const bool changes = asked->method != "GET";
    if (changes && asked->by_cookie &&
        !equal_in_constant_time(as_bytes(asked->csrf), as_bytes(csrf_of(asked->token)))) {
        Error reason = refused("the header X-Hutong-Csrf is missing or not this session's");
        co_return co_await refuse(asked, std::move(reason));
    }
    co_return std::nullopt;
}

// A new token each time; one that the client brought along is never taken up.
Awaitable<http::Response> Api::sign_in(std::shared_ptr<Asked> asked) {
    if (!attempts_.may_try(address_of(asked->remote), system_clock().now())) {
        Error reason{ErrorCode::limit, "too many sign-ins from this address: try again in a minute"};
        http::Response response = co_await refuse(asked, std::move(reason), 429);
        response.headers.set("Retry-After", "60");
        co_return response;
    }
    security::Credential credential;
    credential.officer = text_in(asked->body, "officer");
    credential.password = text_in(asked->body, "password");
    credential.code = text_in(asked->body, "code");
    // A certificate is meant only where no password is given: a browser sends it along with everything.
    if (credential.password.empty()) credential.certificate = asked->certificate;
    Result<admin::Caller> known = co_await commands_.sign_in(std::move(credential), asked->caller);
    if (known.has_error())
        co_return error_response(known.error().code == ErrorCode::refused ? 401 : 503, known.error());

    std::string name = "me.sign-in";
    json::object nothing;
    Result<json::value> opened =
        co_await commands_.run(std::move(name), std::move(nothing), std::move(*known));
    if (opened.has_error()) co_return error_response(opened.error());
    json::object said = std::move(opened->as_object());
    const std::string token = text_in(said, "token");
    said["csrf"] = csrf_of(token);
    const json::value* bearer = asked->body.if_contains("bearer");
    if (bearer && bearer->is_bool() && bearer->get_bool()) co_return json_response(200, said);
    said.erase("token");
    http::Response response = json_response(200, said);
    response.headers.add("Set-Cookie", set_cookie(token, options_.session_life.count()));
    co_return response;
}

Awaitable<http::Response> Api::command(std::shared_ptr<Asked> asked) {
    // Once more: while a long body came in the session may have ended.
    if (asked->method == "POST") {
        auto refusal = co_await admit(asked);
        if (refusal) co_return std::move(*refusal);
    }
    const bool me = asked->command == "me" && asked->method == "GET";
    const bool out = asked->command == "me.sign-out";
    json::object arguments = std::move(asked->body);
    if (!asked->if_match.empty()) arguments["if_match"] = asked->if_match;
    Result<json::value> answer = co_await commands_.run(asked->command, std::move(arguments), asked->caller);
    if (answer.has_error()) {
        const bool stale = !asked->if_match.empty() && registry::is_stale(answer.error());
        if (stale) co_return error_response(412, answer.error());
        if (registry::is_unseen(answer.error())) co_return error_response(428, answer.error());
        co_return error_response(answer.error());
    }
    if (me) {
        json::object said = std::move(answer->as_object());
        said["csrf"] = csrf_of(asked->token);
        co_return json_response(200, said);
    }
    json::object whole{{"result", std::move(*answer)}};
    http::Response response = json_response(200, whole);
    tag(response, whole.at("result"));
    if (out) response.headers.add("Set-Cookie", set_cookie("", 0));
    co_return response;
}

}  // namespace hutong::api
