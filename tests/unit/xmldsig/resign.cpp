#include "tests/unit/xmldsig/resign.hpp"

#include <functional>

#include <openssl/evp.h>

#include "base/xml/document.hpp"
#include "security/xmldsig/c14n.hpp"
#include "security/xmldsig/names.hpp"

namespace hutong::test {

namespace {

namespace names = security::names;

xml::Element find(xml::Element element, const std::function<bool(xml::Element)>& wanted) {
    if (wanted(element)) return element;
    for (const xml::Element child : element.children())
        if (const xml::Element found = find(child, wanted)) return found;
    return {};
}

xml::Element with_id(xml::Element root, const std::string& id) {
    return find(root, [&](xml::Element element) {
        for (const xml::Attribute& a : element.attributes())
            if ((a.local == "Id" || a.local == "ID" || a.local == "id") && a.value == id) return true;
        return false;
    });
}

std::string canonical(xml::Element element, xml::Element method) {
    const std::string uri = method ? method.attribute("Algorithm").value_or("") : std::string(names::c14n10);
    const auto text = security::canonicalize(
        element, uri, method ? security::inclusive_prefixes(method) : std::vector<std::string>());
    return text.has_value() ? *text : std::string();
}

std::string digest(const std::string& text, const std::string& uri) {
    const EVP_MD* const md = uri == names::sha512   ? EVP_sha512()
                             : uri == names::sha384 ? EVP_sha384()
                                                    : EVP_sha256();
    Bytes result(EVP_MAX_MD_SIZE);
    unsigned count = 0;
    EVP_Digest(text.data(), text.size(), result.data(), &count, md, nullptr);
    return to_base64(ByteView(result).first(count));
}

// The content of the n-th element of this local name, in the bytes.
bool replace_content(std::string& text, const std::string& local, std::size_t n, const std::string& content) {
    std::size_t at = 0;
    for (std::size_t seen = 0;; ++seen) {
        at = text.find(local + ">", at);
        if (at == std::string::npos) return false;
        const std::size_t begin = at + local.size() + 1;
        const std::size_t end = text.find("</", begin);
        if (end == std::string::npos) return false;
        if (seen == n) {
            text.replace(begin, end - begin, content);
            return true;
        }
        at = text.find(local + ">", end);
        if (at == std::string::npos) return false;
        at += local.size();
    }
}

xml::Element signature_of(const xml::Document& document) {
    return find(document.root(), [](xml::Element element) { return element.is(names::ds, "Signature"); });
}

}  // namespace

std::string resigned(std::string text, const security::SigningKey& key,
                     const std::map<std::string, std::string>& attachments) {
    const auto before = xml::parse(text);
    if (before.has_error() || !signature_of(*before)) return text;
    const xml::Element signed_info = signature_of(*before).child(names::ds, "SignedInfo");
    if (!signed_info) return text;
    const auto references = signed_info.children(names::ds, "Reference");
    for (std::size_t i = 0; i < references.size(); ++i) {
        const std::string uri = references[i].attribute("URI").value_or("");
        std::string content;
        if (uri.starts_with("cid:")) {
            const auto part = attachments.find(uri.substr(4));
            if (part != attachments.end()) content = part->second;
        } else if (uri.starts_with("#")) {
            const xml::Element target = with_id(before->root(), uri.substr(1));
            const xml::Element transforms = references[i].child(names::ds, "Transforms");
            const auto all = transforms ? transforms.children() : std::vector<xml::Element>();
            if (target) content = canonical(target, all.empty() ? xml::Element() : all.back());
        }
        const xml::Element method = references[i].child(names::ds, "DigestMethod");
        replace_content(text, "DigestValue", i,
                        digest(content, method ? method.attribute("Algorithm").value_or("") : ""));
    }
    const auto after = xml::parse(text);
    if (after.has_error() || !signature_of(*after)) return text;
    const xml::Element info = signature_of(*after).child(names::ds, "SignedInfo");
    if (!info) return text;
    const std::string canonical_info = canonical(info, info.child(names::ds, "CanonicalizationMethod"));
    replace_content(text, "SignatureValue", 0, to_base64(key.sign(as_bytes(canonical_info)).value()));
    return text;
}

}  // namespace hutong::test
