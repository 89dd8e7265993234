// A certificate that is named instead of sent.
#include <cppunit/TestAssert.h>

#include "tests/attack/table/tokens.hpp"

namespace hutong::attack {

using test::Identity;
using test::WssTemplate;

namespace {

WssTemplate signed_with(const std::string& key_info, const Identity& signer = cast().p256) {
    WssTemplate made = test::template_for(signer);
    made.key_info = key_info;
    return made;
}

}  // namespace

void token_references(Table& table) {
    const auto unknown = [](Receiver& receiver) { receiver.table->certificates = {}; };
    const auto one_twin = [](Receiver& receiver) {
        receiver.table->certificates =
            security::KnownCertificates({cast().p256.der(), token_cast().twin.der()});
    };
    put(table, {
                   {.name = "control: thumbprint",
                    .message = signed_with(thumbprint_of(cast().p256)),
                    .expect = signed_by_agency},
                   {.name = "control: issuer and serial",
                    .message = signed_with(issuer_serial_of(cast().p256)),
                    .expect = signed_by_agency},
                   {.name = "control: key identifier",
                    .message = signed_with(key_identifier_of(token_cast().twin), token_cast().twin),
                    .signer = &token_cast().twin,
                    .setting = one_twin,
                    .expect =
                        [](const security::Claims& claims) {
                            CPPUNIT_ASSERT(claims.certificate == token_cast().twin.der());
                        }},
                   {.name = "key identifier of another registered certificate",
                    .message = signed_with(key_identifier_of(token_cast().twin)),
                    .reason = "signature value does not fit",
                    .setting = one_twin},
                   {.name = "issuer and serial: another issuer's name",
                    .message = signed_with(issuer_serial_of(cast().p256, "CN=other ca")),
                    .reason = "no registered certificate"},
                   {.name = "issuer and serial: no name",
                    .message = signed_with(issuer_serial_of(cast().p256, "ca")),
                    .reason = "no distinguished name"},
                   {.name = "thumbprint of another registered certificate",
                    .message = signed_with(thumbprint_of(token_cast().twin)),
                    .reason = "signature value does not fit"},
                   {.name = "thumbprint of nobody",
                    .message = signed_with(thumbprint_of(cast().other)),
                    .reason = "no registered certificate"},
                   {.name = "nobody is registered",
                    .message = signed_with(thumbprint_of(cast().p256)),
                    .reason = "no registered certificate",
                    .setting = unknown},
                   {.name = "key identifier that two certificates have",
                    .message = signed_with(key_identifier_of(token_cast().twin), token_cast().twin),
                    .signer = &token_cast().twin,
                    .reason = "more than one registered certificate"},
                   {.name = "key identifier of an unknown type",
                    .message = signed_with(key_identifier("urn:unknown", "AAAA")),
                    .reason = "ValueType"},
                   {.name = "key identifier that is no base64",
                    .message = signed_with(key_identifier(names::thumbprint_sha1, "?")),
                    .reason = "not base64"},
               });
}

}  // namespace hutong::attack
