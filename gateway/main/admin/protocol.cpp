#include "gateway/main/admin/protocol.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace hutong::admin {

namespace {

// The codes travel by name, so that the two sides need not be the same build.
ErrorCode code_from(std::string_view name) {
    for (ErrorCode code : {ErrorCode::invalid, ErrorCode::not_found, ErrorCode::conflict, ErrorCode::refused,
                           ErrorCode::limit, ErrorCode::unavailable, ErrorCode::timeout, ErrorCode::corrupt})
        if (to_string(code) == name) return code;
    return ErrorCode::internal;
}

Result<json::object> parse_object(std::string_view text, std::string_view what) {
    boost::system::error_code wrong;
    json::value value = json::parse(text, wrong);
    if (wrong || !value.is_object())
        return invalid(std::string(what) + " is not a JSON object" + (wrong ? ": " + wrong.message() : ""));
    return std::move(value.get_object());
}

}  // namespace

LengthPrefix length_prefix(std::size_t length) {
    return {static_cast<unsigned char>(length >> 24), static_cast<unsigned char>(length >> 16),
            static_cast<unsigned char>(length >> 8), static_cast<unsigned char>(length)};
}

Result<std::size_t> announced_length(const LengthPrefix& prefix, std::uint64_t most) {
    const std::uint64_t length = std::uint64_t{prefix[0]} << 24 | std::uint64_t{prefix[1]} << 16 |
                                 std::uint64_t{prefix[2]} << 8 | std::uint64_t{prefix[3]};
    if (length == 0) return invalid("the administration message is empty");
    if (length > most)
        return Error{ErrorCode::limit, "the administration message has " + std::to_string(length) +
                                           " bytes; at most " + std::to_string(most) + " are taken"};
    return static_cast<std::size_t>(length);
}

std::string request_text(const Request& request) {
    json::object whole{{"command", request.command}, {"arguments", request.arguments}};
    if (!request.credential.empty()) whole["credential"] = request.credential;
    return json::serialize(whole);
}

Result<Request> parse_request(std::string_view text) {
    HUTONG_ASSIGN(json::object object, parse_object(text, "the administration request"));
    const json::value* command = object.if_contains("command");
    if (!command || !command->is_string()) return invalid("the administration request names no \"command\"");
    Request request;
    request.command = command->get_string();
    for (auto [name, into] :
         {std::pair("arguments", &request.arguments), std::pair("credential", &request.credential)})
        if (json::value* part = object.if_contains(name)) {
            if (!part->is_object())
                return invalid("\"" + std::string(name) +
                               "\" of the administration request is not an object");
            *into = std::move(part->get_object());
        }
    return request;
}

std::string answer_text(const Reply& reply) {
    json::object whole{{"ok", reply.answer.has_value()}};
    if (reply.answer) {
        whole["result"] = *reply.answer;
    } else {
        const Error& error = reply.answer.error();
        whole["error"] = {{"code", to_string(error.code)}, {"detail", error.detail}};
    }
    if (!reply.notices.empty()) whole["notices"] = json::array(reply.notices.begin(), reply.notices.end());
    return json::serialize(whole);
}

namespace {

Result<json::value> answer_in(json::object& object) {
    const json::value* ok = object.if_contains("ok");
    if (!ok || !ok->is_bool()) return invalid("the daemon's answer does not say whether it is ok");
    if (ok->get_bool()) {
        json::value* result = object.if_contains("result");
        return result ? std::move(*result) : json::value();
    }
    const json::value* error = object.if_contains("error");
    if (!error || !error->is_object()) return invalid("the daemon refused without a reason");
    const json::object& said = error->get_object();
    const json::value* code = said.if_contains("code");
    const json::value* detail = said.if_contains("detail");
    return Error{
        code && code->is_string() ? code_from(code->get_string()) : ErrorCode::internal,
        detail && detail->is_string() ? std::string(detail->get_string()) : "the daemon gave no reason"};
}

}  // namespace

Reply parse_answer(std::string_view text) {
    auto object = parse_object(text, "the daemon's answer");
    if (object.has_error()) return {object.error()};
    Reply reply{answer_in(*object)};
    const json::value* notices = object->if_contains("notices");
    if (notices && notices->is_array())
        for (const json::value& notice : notices->get_array())
            if (notice.is_string()) reply.notices.emplace_back(notice.get_string());
    return reply;
}

}  // namespace hutong::admin
