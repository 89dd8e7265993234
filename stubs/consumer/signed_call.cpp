#include "stubs/consumer/signed_call.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include "base/result.hpp"
#include "soapH.h"
#include "wsseapi.h"

namespace hutong::consumer {

namespace {

constexpr int message_lifetime_seconds = 300;
constexpr std::uint64_t max_response_bytes = 16u << 20;
constexpr auto system_cas = "/etc/ssl/certs";

struct FreeSoap {
    void operator()(struct soap* context) const {
        soap_destroy(context);
        soap_end(context);
        soap_free(context);
    }
};

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
using Key = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;
using Certificate = std::unique_ptr<X509, void (*)(X509*)>;

File open(const std::string& path) {
    File file(std::fopen(path.c_str(), "r"), std::fclose);
    if (!file) throw Failure(not_found("cannot read " + path + ": " + std::strerror(errno)));
    return file;
}

Key read_key(const std::string& path) {
    Key key(PEM_read_PrivateKey(open(path).get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    if (!key) throw Failure(invalid(path + " holds no private key in PEM form"));
    if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA)
        throw Failure(
            invalid(path + " is not an RSA key; gSOAP's plugin writes no standard P-256 signatures"));
    return key;
}

Certificate read_certificate(const std::string& path) {
    Certificate certificate(PEM_read_X509(open(path).get(), nullptr, nullptr, nullptr), X509_free);
    if (!certificate) throw Failure(invalid(path + " holds no certificate in PEM form"));
    return certificate;
}

std::string text_or(const char* text, const char* otherwise) {
    return text ? text : otherwise;
}

// The declared fault message, when the detail has one.
std::string detail_code(struct soap* context) {
    const SOAP_ENV__Detail* detail = context->fault->detail;
    if (context->version == 2) detail = context->fault->SOAP_ENV__Detail;
    if (!detail || !detail->company__RegisterFault) return {};
    return soap_company__FaultCode2s(context, detail->company__RegisterFault->code);
}

constexpr auto wsse_namespace =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
constexpr auto wsu_namespace =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

std::string_view local_name(const char* name) {
    const std::string_view text(name ? name : "");
    return text.substr(text.find(':') + 1);
}

// The one child of that name; nullptr when there is none or more than one.
const soap_dom_element* only_child(const soap_dom_element* parent, std::string_view uri,
                                   std::string_view name) {
    const soap_dom_element* found = nullptr;
    for (auto* child = parent ? parent->elts : nullptr; child; child = child->next) {
        if (local_name(child->name) != name || !child->nstr || child->nstr != uri) continue;
        if (found) return nullptr;
        found = child;
    }
    return found;
}

bool refers_to(const ds__SignedInfoType& signed_info, const soap_dom_element& element) {
    for (auto* attribute = element.atts; attribute; attribute = attribute->next) {
        if (local_name(attribute->name) != "Id" || !attribute->nstr ||
            std::strcmp(attribute->nstr, wsu_namespace) != 0)
            continue;
        for (int i = 0; i < signed_info.__sizeReference; ++i) {
            const char* uri = signed_info.Reference[i]->URI;
            if (uri && *uri == '#' && attribute->text && std::strcmp(uri + 1, attribute->text) == 0)
                return true;
        }
    }
    return false;
}

// By absolute position, after the plugin has verified every digest and that no Id occurs twice. The plugin's
// own soap_wsse_verify_element can't be used: it walks on from the last child of a signed element into what
// follows its parent, so that a signed Timestamp makes the Body look signed as well.
bool covers_body_and_timestamp(struct soap* s) {
    const auto* envelope = s->dom;
    const auto* signed_info = soap_wsse_SignedInfo(s);
    if (!envelope || !signed_info || !envelope->nstr) return false;
    const auto* body = only_child(envelope, envelope->nstr, "Body");
    const auto* security =
        only_child(only_child(envelope, envelope->nstr, "Header"), wsse_namespace, "Security");
    const auto* timestamp = only_child(security, wsu_namespace, "Timestamp");
    return body && timestamp && refers_to(*signed_info, *body) && refers_to(*signed_info, *timestamp);
}

bool timestamp_is_good(struct soap* s) {
    const _wsu__Timestamp* timestamp = soap_wsse_Timestamp(s);
    return timestamp && timestamp->Expires && soap_wsse_verify_Timestamp(s) == SOAP_OK;
}

// What the plugin says of a signature that isn't good, in one line.
std::string plugin_problem(struct soap* s) {
    if (!s->fault) return "gSOAP finds no signature it can verify";
    const std::string reason = text_or(*soap_faultstring(s), "");
    const std::string detail = text_or(*soap_faultdetail(s), "");
    return detail.empty() ? reason : reason + ": " + detail;
}

}  // namespace

struct SignedCall::State {
    explicit State(const CallOptions& given)
        : options(given),
          key(read_key(given.key_file)),
          certificate(read_certificate(given.cert_file)),
          // Canonical XML while sending: the plugin signs the very bytes it sends.
          context(soap_new1(SOAP_C_UTFSTRING | SOAP_XML_CANONICAL)) {
        if (!context) throw Failure(internal("no memory for a soap context"));
        struct soap* s = context.get();
        s->user = this;
        s->connect_timeout = s->recv_timeout = s->send_timeout = options.timeout_seconds;
        s->recv_maxlength = max_response_bytes;
        s->socket_flags = MSG_NOSIGNAL;
        // One CA for the server's TLS certificate and the signer's; without it the system's for TLS.
        const char* ca = options.ca_file.empty() ? nullptr : options.ca_file.c_str();
        if (soap_ssl_client_context(s, SOAP_SSL_DEFAULT, nullptr, nullptr, ca, ca ? nullptr : system_cas,
                                    nullptr))
            throw Failure(invalid(options.ca_file + " holds no CA certificate in PEM form"));
        if (soap_register_plugin(s, soap_wsse) != SOAP_OK)
            throw Failure(internal("gSOAP's wsse plugin cannot be registered"));
        send = s->fsend;
        if (options.tamper) s->fsend = send_altered;
    }

    static State& of(struct soap* context) { return *static_cast<State*>(context->user); }

    // gSOAP calls this when the whole message has been parsed. The fault is kept first, since a signature
    // that can't be verified replaces it by one of the plugin's own.
    static int check_answer(struct soap* context) {
        State& state = of(context);
        state.answered = context->dom || context->fault;  // and not an empty HTTP error
        if (context->fault) {
            state.fault.code = text_or(*soap_faultcode(context), "");
            state.fault.reason = text_or(*soap_faultstring(context), "");
            state.fault.detail_code = detail_code(context);
        }
        if (state.options.ca_file.empty()) {
            state.problem = "no --ca given to check its signer against";
            return SOAP_OK;
        }
        const int failed = state.verify(context);
        state.note_verdict(failed);
        if (failed || state.problem.empty()) return failed;
        return context->error = SOAP_FAULT;  // what isn't believed doesn't reach the caller
    }

    void note_verdict(int failed) {
        struct soap* s = context.get();
        if (failed)
            problem = plugin_problem(s);
        else if (!covers_body_and_timestamp(s))
            problem = "it does not cover Body and Timestamp";
        else if (!timestamp_is_good(s))
            problem = "its Timestamp has expired or says not when it does";
        else
            problem.clear();
    }

    // Passes the message on with one digit changed inside the Body, after the plugin has taken its digest.
    static int send_altered(struct soap* context, const char* bytes, std::size_t count) {
        State& state = of(context);
        std::string out(bytes, count);
        for (char& c : out) {
            if (state.matched < target.size()) {
                state.matched = c == target[state.matched] ? state.matched + 1 : (c == target[0] ? 1 : 0);
                continue;
            }
            if (!state.altered && state.in_text && c >= '0' && c <= '9') {
                c = c == '9' ? '0' : static_cast<char>(c + 1);
                state.altered = true;
            }
            state.in_text = c == '>' || (state.in_text && c != '<');
        }
        return state.send(context, out.data(), out.size());
    }

    static constexpr std::string_view target = "<SOAP-ENV:Body";

    CallOptions options;
    Key key;
    Certificate certificate;
    std::unique_ptr<struct soap, FreeSoap> context;
    int (*send)(struct soap*, const char*, std::size_t){nullptr};
    int (*verify)(struct soap*){nullptr};
    std::size_t matched{0};
    bool in_text{false};
    bool altered{false};
    bool answered{false};
    Fault fault;
    std::string problem{"there was no response"};
};

SignedCall::SignedCall(const CallOptions& options) : state_(std::make_unique<State>(options)) {}
SignedCall::~SignedCall() = default;

struct soap* SignedCall::context() const {
    return state_->context.get();
}

void SignedCall::prepare() {
    struct soap* s = context();
    // The plugin signs every element that has a wsu:Id: the Timestamp gets its own here, Body from sign_body.
    if (soap_wsse_add_Timestamp(s, "Time", message_lifetime_seconds) ||
        soap_wsse_add_BinarySecurityTokenX509(s, "X509Token", state_->certificate.get()) ||
        soap_wsse_add_KeyInfo_SecurityTokenReferenceX509(s, "#X509Token") ||
        soap_wsse_sign_body(s, SOAP_SMD_SIGN_RSA_SHA256, state_->key.get(), 0))
        throw Failure(internal("gSOAP cannot prepare the signature"));
    soap_wsse_verify_auto(s, SOAP_SMD_NONE, nullptr, 0);
    state_->verify = s->fpreparefinalrecv;
    s->fpreparefinalrecv = State::check_answer;
}

bool SignedCall::response_verified() const {
    return state_->problem.empty();
}
const std::string& SignedCall::problem() const {
    return state_->problem;
}
bool SignedCall::answered() const {
    return state_->answered;
}
const Fault& SignedCall::fault() const {
    return state_->fault;
}

}  // namespace hutong::consumer
