// Builds unsigned WS-Security messages of any shape, and has them signed by xmlsec1 as other people's clients
// use it.
//
// The signer is python3-xmlsec in a process of its own, so nothing of what is under test takes part in
// signing.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/xml/soap.hpp"
#include "tests/unit/xmldsig/test_identity.hpp"

namespace hutong::test {

std::string exc_c14n_transform();
std::string transform(const std::string& uri, const std::string& content = "");
// A ds:Reference without its digest.
std::string reference(const std::string& id, const std::string& transforms = exc_c14n_transform(),
                      const std::string& digest = "http://www.w3.org/2001/04/xmlenc#sha256");

struct WssTemplate {
    soap::Version version{soap::Version::v11};
    std::string certificate;  // base64 in the BinarySecurityToken
    std::string token_type{
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"};
    std::string security_attributes;  // such as soap:actor="…"
    std::string timestamp_attributes{"wsu:Id=\"TS\""};
    std::string created{"2026-11-23T07:59:30Z"};
    std::string expires{"2026-11-23T08:04:30Z"};  // empty: no Expires
    std::string c14n{"http://www.w3.org/2001/10/xml-exc-c14n#"};
    std::string method{"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"};
    std::string method_content;
    std::vector<std::string> references{reference("TS"), reference("Body")};
    std::string key_info;         // empty: a SecurityTokenReference to the BinarySecurityToken
    std::string after_key_info;   // inside ds:Signature
    std::string more_security;    // in the Security header, after the Timestamp
    std::string signature_id;     // Id of the ds:Signature; empty: none
    std::string more_signatures;  // in the Security header, after the signature
    std::string headers;          // after the Security header
    std::string body_attributes{"wsu:Id=\"Body\""};
    std::string body{"<po:order xmlns:po=\"urn:po\"><po:item>税务</po:item></po:order>"};

    std::string timestamp() const;
    std::string signature() const;  // with this template's method, references and KeyInfo
    std::string text() const;
};
WssTemplate template_for(const Identity& signer);

// Collects templates and signs them all in one run.
class ForeignSigner {
  public:
    ForeignSigner();
    ~ForeignSigner();
    ForeignSigner(const ForeignSigner&) = delete;
    ForeignSigner& operator=(const ForeignSigner&) = delete;

    void add(const std::string& name, const std::string& message, const std::string& key_pem);
    // The key of the `number`th further signature, from 1, and that of the assertion's issuer.
    void add_key(const std::string& name, unsigned number, const std::string& key_pem);
    void add_issuer(const std::string& name, const std::string& key_pem);
    // The key is the secret of an HMAC.
    void add_hmac(const std::string& name, const std::string& message, const std::string& secret);
    void run();  // throws, with the signer's words, when a message could not be signed
    std::string signed_message(const std::string& name) const;
    const std::filesystem::path& folder() const { return folder_; }

  private:
    std::filesystem::path folder_;
};

std::string read_file(const std::filesystem::path& file);
void write_file(const std::filesystem::path& file, const std::string& text);
// Runs a shell command; what it printed, and whether it succeeded.
std::pair<bool, std::string> run_command(const std::string& command);

}  // namespace hutong::test
