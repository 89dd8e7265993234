#include "gateway/main/pem.hpp"

#include <memory>

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "security/trust/x509.hpp"

namespace hutong {

namespace {

template <auto free>
struct Freed {
    template <class T>
    void operator()(T* held) const {
        free(held);
    }
};
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Crl = std::unique_ptr<X509_CRL, Freed<X509_CRL_free>>;
using Memory = std::unique_ptr<BIO, Freed<BIO_free_all>>;

Result<TimePoint> time_of(const ASN1_TIME* time) {
    if (const auto read = security::to_time(time)) return *read;
    return invalid("a time in the certificate or CRL cannot be read");
}

std::string name_of(const X509_NAME* name) {
    const Memory text(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(text.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    char* begin = nullptr;
    const long length = BIO_get_mem_data(text.get(), &begin);
    return length > 0 ? std::string(begin, static_cast<std::size_t>(length)) : std::string();
}

}  // namespace

Result<Bytes> certificate_from_pem(std::string_view pem) {
    const Memory text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const Certificate certificate(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
    if (!certificate)
        return invalid("there is no certificate: a PEM file with -----BEGIN CERTIFICATE----- is needed");
    unsigned char* der = nullptr;
    const int length = i2d_X509(certificate.get(), &der);
    if (length <= 0) return invalid("the certificate cannot be written as DER");
    Bytes bytes(der, der + length);
    OPENSSL_free(der);
    return bytes;
}

Result<CertificateFacts> certificate_facts(ByteView der) {
    const unsigned char* at = der.data();
    const Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    if (!certificate || at != der.data() + der.size()) return invalid("the certificate is malformed");
    CertificateFacts facts;
    facts.subject = name_of(X509_get_subject_name(certificate.get()));
    facts.serial = security::serial_of(certificate.get());
    facts.key_digest = security::public_key_digest(certificate.get());
    facts.thumbprint = to_hex(sha256(der));
    HUTONG_ASSIGN(facts.not_before, time_of(X509_get0_notBefore(certificate.get())));
    HUTONG_ASSIGN(facts.not_after, time_of(X509_get0_notAfter(certificate.get())));
    facts.is_ca = X509_check_ca(certificate.get()) == 1;
    return facts;
}

Result<TimePoint> crl_next_update(ByteView der) {
    const unsigned char* at = der.data();
    const Crl crl(d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size())));
    if (!crl) return invalid("the CRL is malformed");
    return time_of(X509_CRL_get0_nextUpdate(crl.get()));
}

std::string certificate_to_pem(ByteView der) {
    const std::string text = to_base64(der);
    std::string pem = "-----BEGIN CERTIFICATE-----\n";
    for (std::size_t at = 0; at < text.size(); at += 64) pem += text.substr(at, 64) + "\n";
    return pem + "-----END CERTIFICATE-----\n";
}

}  // namespace hutong
