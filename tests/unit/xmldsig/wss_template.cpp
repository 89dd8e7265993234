#include "tests/unit/xmldsig/wss_template.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <sys/wait.h>

#include "security/xmldsig/algorithms.hpp"
#include "security/xmldsig/names.hpp"

namespace hutong::test {

namespace {

std::string str(std::string_view text) {
    return std::string(text);
}

}  // namespace

std::string transform(const std::string& uri, const std::string& content) {
    return "<ds:Transform Algorithm=\"" + uri + "\">" + content + "</ds:Transform>";
}

std::string exc_c14n_transform() {
    return transform(str(security::names::exc_c14n));
}

std::string reference(const std::string& id, const std::string& transforms, const std::string& digest) {
    return "<ds:Reference URI=\"#" + id + "\">" +
           (transforms.empty() ? "" : "<ds:Transforms>" + transforms + "</ds:Transforms>") +
           "<ds:DigestMethod Algorithm=\"" + digest + "\"/><ds:DigestValue></ds:DigestValue></ds:Reference>";
}

std::string WssTemplate::timestamp() const {
    return "<wsu:Timestamp " + timestamp_attributes + "><wsu:Created>" + created + "</wsu:Created>" +
           (expires.empty() ? "" : "<wsu:Expires>" + expires + "</wsu:Expires>") + "</wsu:Timestamp>";
}

std::string WssTemplate::signature() const {
    const std::string key = key_info.empty()
                                ? "<wsse:SecurityTokenReference><wsse:Reference URI=\"#Token\" ValueType=\"" +
                                      token_type + "\"/></wsse:SecurityTokenReference>"
                                : key_info;
    std::string all = "<ds:Signature xmlns:ds=\"" + str(security::names::ds) + "\"" +
                      (signature_id.empty() ? "" : " Id=\"" + signature_id + "\"") +
                      "><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"" + c14n +
                      "\"/><ds:SignatureMethod Algorithm=\"" + method + "\">" + method_content +
                      "</ds:SignatureMethod>";
    for (const std::string& r : references) all += r;
    return all + "</ds:SignedInfo><ds:SignatureValue></ds:SignatureValue><ds:KeyInfo>" + key +
           "</ds:KeyInfo>" + after_key_info + "</ds:Signature>";
}

std::string WssTemplate::text() const {
    std::string all = "<soap:Envelope xmlns:soap=\"" + str(soap::namespace_of(version)) + "\" xmlns:wsu=\"" +
                      str(soap::ns_wsu) + "\" xmlns:wsa=\"" + str(soap::ns_wsa) + "\"><soap:Header>";
    all += "<wsse:Security xmlns:wsse=\"" + str(soap::ns_wsse) + "\" " + security_attributes + ">";
    all += "<wsse:BinarySecurityToken EncodingType=\"" + str(security::names::base64_binary) +
           "\" ValueType=\"" + token_type + "\" wsu:Id=\"Token\">" + certificate +
           "</wsse:BinarySecurityToken>" + timestamp() + more_security;
    all += signature() + more_signatures + "</wsse:Security>" + headers + "</soap:Header>";
    return all + "<soap:Body " + body_attributes + ">" + body + "</soap:Body></soap:Envelope>";
}

WssTemplate template_for(const Identity& signer) {
    WssTemplate made;
    made.certificate = to_base64(signer.der());
    made.method = str(security::default_signature_algorithm(signer.kind()).uri);
    return made;
}

ForeignSigner::ForeignSigner() {
    std::string name = (std::filesystem::temp_directory_path() / "hutong-signer-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    folder_ = name;
}

ForeignSigner::~ForeignSigner() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

void ForeignSigner::add(const std::string& name, const std::string& message, const std::string& key_pem) {
    write_file(folder_ / (name + ".template"), message);
    write_file(folder_ / (name + ".pem"), key_pem);
}

void ForeignSigner::add_key(const std::string& name, unsigned number, const std::string& key_pem) {
    write_file(folder_ / (name + "." + std::to_string(number) + ".pem"), key_pem);
}

void ForeignSigner::add_issuer(const std::string& name, const std::string& key_pem) {
    write_file(folder_ / (name + ".issuer"), key_pem);
}

void ForeignSigner::add_hmac(const std::string& name, const std::string& message, const std::string& secret) {
    write_file(folder_ / (name + ".template"), message);
    write_file(folder_ / (name + ".secret"), secret);
}

void ForeignSigner::run() {
    const auto [good, output] =
        run_command("/usr/bin/python3 '" HUTONG_SOURCE_DIR "/tests/unit/xmldsig/sign_templates.py' '" +
                    folder_.string() + "'");
    if (!good) throw std::runtime_error("sign_templates.py: " + output);
}

std::string ForeignSigner::signed_message(const std::string& name) const {
    return read_file(folder_ / (name + ".xml"));
}

std::string read_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + file.string());
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

void write_file(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
}

std::pair<bool, std::string> run_command(const std::string& command) {
    FILE* const pipe = popen((command + " 2>&1").c_str(), "r");
    if (pipe == nullptr) return {false, "cannot run " + command};
    std::string output;
    std::array<char, 4096> buffer{};
    while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
        output.append(buffer.data(), count);
    const int status = pclose(pipe);
    return {WIFEXITED(status) && WEXITSTATUS(status) == 0, output};
}

}  // namespace hutong::test
