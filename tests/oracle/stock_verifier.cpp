#include "tests/oracle/stock_verifier.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <vector>

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/valid.h>
#include <openssl/evp.h>
// errors.h does not compile before xmlsec.h.
// clang-format off
#include <xmlsec/xmlsec.h>
#include <xmlsec/errors.h>
#include <xmlsec/keys.h>
#include <xmlsec/list.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/openssl/evp.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmltree.h>
// clang-format on

namespace hutong::test {

namespace {

void silent(const char*, int, const char*, const char*, const char*, int, const char*) {}

// Once in a process, whoever is first.
bool set_up() {
    if (xmlSecPtrListGetSize(xmlSecTransformIdsGet()) > 0) return true;
    xmlInitParser();
    if (xmlSecInit() < 0 || xmlSecOpenSSLInit() < 0) throw std::runtime_error("xmlsec1 cannot be set up");
    xmlSecErrorsSetCallback(silent);
    return true;
}

// Every attribute that anybody reads as an Id.
void register_ids(xmlNode* node) {
    for (; node != nullptr; node = node->next) {
        if (node->type != XML_ELEMENT_NODE) continue;
        for (xmlAttr* a = node->properties; a != nullptr; a = a->next) {
            for (const char* name : {"Id", "ID", "id", "AssertionID"}) {
                if (std::strcmp(reinterpret_cast<const char*>(a->name), name) != 0) continue;
                xmlChar* const value = xmlNodeListGetString(node->doc, a->children, 1);
                if (value != nullptr && xmlGetID(node->doc, value) == nullptr)
                    xmlAddID(nullptr, node->doc, value, a);
                xmlFree(value);
            }
        }
        register_ids(node->children);
    }
}

xmlSecKeyPtr make_key(EVP_PKEY* key) {
    EVP_PKEY_up_ref(key);
    const xmlSecKeyPtr result = xmlSecKeyCreate();
    if (result != nullptr && xmlSecKeySetValue(result, xmlSecOpenSSLEvpKeyAdopt(key)) == 0) return result;
    throw std::runtime_error("xmlsec1 does not take the key");
}

struct ContextDeleter {
    void operator()(xmlSecDSigCtxPtr context) const { xmlSecDSigCtxDestroy(context); }
};

bool named(const xmlNode* node, const char* local) {
    return node->type == XML_ELEMENT_NODE &&
           std::strcmp(reinterpret_cast<const char*>(node->name), local) == 0;
}

// Whether the same-document URI means the child "Body" of the root.
bool means_body(xmlDoc* document, const xmlChar* uri) {
    if (uri == nullptr || uri[0] != '#') return false;
    const xmlAttr* const id = xmlGetID(document, uri + 1);
    return id != nullptr && named(id->parent, "Body") && id->parent->parent == xmlDocGetRootElement(document);
}

void collect_signatures(xmlNode* node, std::vector<xmlNode*>& found) {
    for (; node != nullptr; node = node->next) {
        if (found.size() < 5 && xmlSecCheckNodeName(node, xmlSecNodeSignature, xmlSecDSigNs) == 1)
            found.push_back(node);
        else
            collect_signatures(node->children, found);
    }
}

using Document = std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)>;

// With every Id that anybody reads.
Document parse(std::string_view message) {
    Document document(
        xmlReadMemory(message.data(), static_cast<int>(message.size()), nullptr, nullptr,
                      XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR | XML_PARSE_NOWARNING),
        xmlFreeDoc);
    if (document) register_ids(xmlDocGetRootElement(document.get()));
    return document;
}

bool in_security_header(const xmlNode* signature) {
    const xmlNode* const security = signature->parent;
    return security != nullptr && named(security, "Security") && security->parent != nullptr &&
           named(security->parent, "Header") &&
           security->parent->parent == xmlDocGetRootElement(signature->doc);
}

std::vector<xmlNode*> signatures_of(xmlDoc* document) {
    std::vector<xmlNode*> all;
    collect_signatures(xmlDocGetRootElement(document), all);
    std::erase_if(all, [](const xmlNode* one) { return !in_security_header(one); });
    return all;
}

std::string text_of(xmlNode* node) {
    std::string text;
    xmlChar* const content = node == nullptr ? nullptr : xmlNodeGetContent(node);
    for (const xmlChar* at = content; at != nullptr && *at != '\0'; ++at)
        if (std::strchr(" \t\r\n", *at) == nullptr) text += static_cast<char>(*at);
    xmlFree(content);
    return text;
}

std::vector<xmlNode*> references_of(xmlNode* signature) {
    std::vector<xmlNode*> all;
    xmlNode* const info = xmlSecFindChild(signature, xmlSecNodeSignedInfo, xmlSecDSigNs);
    for (xmlNode* node = info == nullptr ? nullptr : info->children; node != nullptr; node = node->next)
        if (xmlSecCheckNodeName(node, xmlSecNodeReference, xmlSecDSigNs) == 1) all.push_back(node);
    return all;
}

// As one who signs, since only then the digest is kept: as base64, which is also written into the tree.
std::vector<std::uint8_t> digest_anew(xmlNode* reference) {
    const std::unique_ptr<xmlSecDSigCtx, ContextDeleter> context(xmlSecDSigCtxCreate(nullptr));
    context->operation = xmlSecTransformOperationSign;
    context->enabledReferenceUris = xmlSecTransformUriTypeSameDocument;
    const std::unique_ptr<xmlSecDSigReferenceCtx, decltype(&xmlSecDSigReferenceCtxDestroy)> one(
        xmlSecDSigReferenceCtxCreate(context.get(), xmlSecDSigReferenceOriginSignedInfo),
        xmlSecDSigReferenceCtxDestroy);
    if (xmlSecDSigReferenceCtxProcessNode(one.get(), reference) < 0) return {};
    const std::string base64 = text_of(xmlSecFindChild(reference, xmlSecNodeDigestValue, xmlSecDSigNs));
    std::vector<std::uint8_t> digest(base64.size());
    const int decoded = EVP_DecodeBlock(digest.data(), reinterpret_cast<const unsigned char*>(base64.data()),
                                        static_cast<int>(base64.size()));
    const auto padding = std::count(base64.begin(), base64.end(), '=');
    digest.resize(decoded < padding ? 0 : static_cast<std::size_t>(decoded - padding));
    return digest;
}

void verify_one(xmlDoc* document, xmlNode* signature, evp_pkey_st* key, StockVerdict& verdict) {
    const std::unique_ptr<xmlSecDSigCtx, ContextDeleter> context(xmlSecDSigCtxCreate(nullptr));
    context->signKey = make_key(key);
    if (xmlSecDSigCtxVerify(context.get(), signature) != 0 || context->status != xmlSecDSigStatusSucceeded)
        return;
    verdict.verified = true;
    for (xmlSecSize i = 0; i < xmlSecPtrListGetSize(&context->signedInfoReferences); ++i) {
        const auto one =
            static_cast<xmlSecDSigReferenceCtxPtr>(xmlSecPtrListGetItem(&context->signedInfoReferences, i));
        verdict.body_covered = verdict.body_covered || means_body(document, one->uri);
    }
}

}  // namespace

StockVerdict verify_by_stock(std::string_view message, evp_pkey_st* key) {
    static const bool ready = set_up();
    static_cast<void>(ready);
    StockVerdict verdict;
    const Document document = parse(message);
    if (!document) return verdict;
    verdict.parsed = true;
    verdict.foreign = message.find("STR-Transform") != std::string_view::npos ||
                      message.find("cid:") != std::string_view::npos;
    std::vector<xmlNode*> signatures;
    collect_signatures(xmlDocGetRootElement(document.get()), signatures);
    for (xmlNode* const signature : signatures) {
        verify_one(document.get(), signature, key, verdict);
        if (verdict.verified) break;
    }
    return verdict;
}

std::vector<ReferenceDigest> digests_by_stock(std::string_view message) {
    static const bool ready = set_up();
    static_cast<void>(ready);
    std::vector<ReferenceDigest> all;
    const Document document = parse(message);
    if (!document) return all;
    const std::vector<xmlNode*> signatures = signatures_of(document.get());
    for (std::size_t i = 0; i < signatures.size(); ++i) {
        const std::string value =
            text_of(xmlSecFindChild(signatures[i], xmlSecNodeSignatureValue, xmlSecDSigNs));
        const std::size_t references = references_of(signatures[i]).size();
        for (std::size_t j = 0; j < references && j < 10; ++j) {
            const Document fresh = parse(message);
            xmlNode* const reference = references_of(signatures_of(fresh.get()).at(i)).at(j);
            xmlChar* const uri = xmlGetProp(reference, xmlSecAttrURI);
            ReferenceDigest one{value, j, uri == nullptr ? "" : reinterpret_cast<const char*>(uri), {}};
            xmlFree(uri);
            one.digest = digest_anew(reference);
            if (!one.digest.empty()) all.push_back(std::move(one));
        }
    }
    return all;
}

}  // namespace hutong::test
