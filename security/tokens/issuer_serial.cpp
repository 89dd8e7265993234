#include "security/tokens/issuer_serial.hpp"

#include <memory>

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/objects.h>

#include "base/bytes.hpp"

namespace hutong::security {

namespace {

constexpr std::size_t max_text = 2048;
constexpr std::size_t max_serial_digits = 60;  // 20 octets have at most 49

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string folded(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (is_space(c)) {
            if (!result.empty() && result.back() != ' ') result.push_back(' ');
        } else {
            result.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
        }
    }
    if (!result.empty() && result.back() == ' ') result.pop_back();
    return result;
}

std::string oid_of(const ASN1_OBJECT* object) {
    char text[128];
    const int length = OBJ_obj2txt(text, sizeof text, object, 1);
    return length > 0 && length < static_cast<int>(sizeof text) ? text : "";
}

// "CN", "2.5.4.3", "OID.2.5.4.3"; Java says EMAILADDRESS, S and T where OpenSSL has other names.
std::string oid_of_type(std::string type) {
    const std::string upper = [&] {
        std::string all = type;
        for (char& c : all)
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        return all;
    }();
    if (upper.starts_with("OID.")) type = type.substr(4);
    if (upper == "EMAIL" || upper == "EMAILADDRESS" || upper == "E") type = "emailAddress";
    if (upper == "S") type = "ST";
    for (const char* known : {"CN", "O", "OU", "C", "L", "ST", "DC", "UID", "SN", "GN"})
        if (upper == known) type = known;
    if (upper == "STREET") type = "street";
    if (upper == "SERIALNUMBER") type = "serialNumber";
    ASN1_OBJECT* const object = OBJ_txt2obj(type.c_str(), 0);
    if (object == nullptr) return {};
    std::string oid = oid_of(object);
    ASN1_OBJECT_free(object);
    return oid;
}

std::string utf8_of(const ASN1_STRING* value) {
    unsigned char* text = nullptr;
    const int length = ASN1_STRING_to_UTF8(&text, value);
    if (length < 0) return {};
    std::string result(reinterpret_cast<const char*>(text), static_cast<std::size_t>(length));
    OPENSSL_free(text);
    return result;
}

// RFC 4514 section 2.4: "#" and the hex of the value's BER.
Result<std::string> text_of_ber(std::string_view hex) {
    HUTONG_ASSIGN(const Bytes der, from_hex(hex));
    const unsigned char* at = der.data();
    const std::unique_ptr<ASN1_TYPE, decltype(&ASN1_TYPE_free)> type(
        d2i_ASN1_TYPE(nullptr, &at, static_cast<long>(der.size())), ASN1_TYPE_free);
    if (!type || at != der.data() + der.size() || type->type == V_ASN1_BOOLEAN || type->type == V_ASN1_NULL ||
        type->type == V_ASN1_OBJECT || type->type == V_ASN1_SEQUENCE)
        return refused("the X509IssuerName has a value in hex that is no text");
    return utf8_of(type->value.asn1_string);
}

// Reads one value up to an unescaped separator; `at` is left on it or at the end.
Result<std::string> take_value(std::string_view text, std::size_t& at) {
    while (at < text.size() && is_space(text[at])) ++at;
    std::string value;
    std::size_t kept = 0;  // escaped space at the end belongs to the value
    const bool quoted = at < text.size() && text[at] == '"';
    if (quoted) ++at;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (quoted ? c == '"' : c == ',' || c == ';' || c == '+') break;
        if (c != '\\') {
            value.push_back(c);
            if (!is_space(c)) kept = value.size();
            continue;
        }
        if (at + 1 == text.size()) return refused("the X509IssuerName ends in an escape");
        const auto byte = at + 2 < text.size() ? from_hex(text.substr(at + 1, 2)) : Result<Bytes>(Bytes{});
        if (byte.has_value() && byte->size() == 1) {
            value.push_back(static_cast<char>(byte->front()));
            at += 2;
        } else {
            value.push_back(text[++at]);
        }
        kept = value.size();
    }
    if (!quoted) {
        value.resize(kept);
        if (value.starts_with('#')) return text_of_ber(std::string_view(value).substr(1));
        return value;
    }
    if (at == text.size()) return refused("the X509IssuerName has an open quotation");
    ++at;
    while (at < text.size() && is_space(text[at])) ++at;
    return value;
}

}  // namespace

Result<std::string> hex_of_serial(std::string_view decimal) {
    while (!decimal.empty() && is_space(decimal.front())) decimal.remove_prefix(1);
    while (!decimal.empty() && is_space(decimal.back())) decimal.remove_suffix(1);
    if (decimal.empty() || decimal.size() > max_serial_digits ||
        decimal.find_first_not_of("0123456789") != std::string_view::npos)
        return refused("the X509SerialNumber is not a decimal number");
    BIGNUM* number = nullptr;
    if (BN_dec2bn(&number, std::string(decimal).c_str()) == 0)
        return refused("the X509SerialNumber is not a decimal number");
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> owner(number, BN_free);
    Bytes bytes(static_cast<std::size_t>(BN_num_bytes(number)));
    BN_bn2bin(number, bytes.data());
    if (bytes.empty()) bytes.push_back(0);
    return to_hex(bytes);
}

Result<DistinguishedNameText> DistinguishedNameText::parse(std::string_view text) {
    if (text.size() > max_text) return refused("the X509IssuerName is too long");
    DistinguishedNameText name;
    for (std::size_t at = 0;;) {
        const std::size_t equals = text.find('=', at);
        if (equals == std::string_view::npos) return refused("the X509IssuerName is no distinguished name");
        std::string type(text.substr(at, equals - at));
        std::erase_if(type, is_space);
        at = equals + 1;
        HUTONG_ASSIGN(const std::string value, take_value(text, at));
        std::string oid = oid_of_type(std::move(type));
        ERR_clear_error();
        if (oid.empty()) return refused("the X509IssuerName has an attribute type that is not known");
        name.attributes_.push_back({std::move(oid), folded(value)});
        if (at == text.size()) return name;
        if (text[at] != ',' && text[at] != ';')
            return refused("the X509IssuerName has a name part of several attributes");
        ++at;
    }
}

bool DistinguishedNameText::names_issuer_of(const X509* certificate) const {
    const X509_NAME* const issuer = X509_get_issuer_name(certificate);
    const int count = X509_NAME_entry_count(issuer);
    if (static_cast<std::size_t>(count) != attributes_.size()) return false;
    for (int i = 0; i < count; ++i) {
        // In the certificate the most general part comes first.
        const X509_NAME_ENTRY* const entry = X509_NAME_get_entry(issuer, count - 1 - i);
        const Attribute& written = attributes_[static_cast<std::size_t>(i)];
        if (oid_of(X509_NAME_ENTRY_get_object(entry)) != written.type ||
            folded(utf8_of(X509_NAME_ENTRY_get_data(entry))) != written.value)
            return false;
    }
    return true;
}

}  // namespace hutong::security
