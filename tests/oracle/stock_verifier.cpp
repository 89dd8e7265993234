#include "tests/oracle/stock_verifier.hpp"

#include <cstring>
#include <memory>
#include <stdexcept>

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/valid.h>
#include <openssl/evp.h>
// errors.h does not compile before xmlsec.h.
// clang-format off
#include <xmlsec/xmlsec.h>
#include <xmlsec/errors.h>
#include <xmlsec/keys.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/openssl/evp.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmltree.h>
// clang-format on

namespace hutong::test {

namespace {

void silent(const char*, int, const char*, const char*, const char*, int, const char*) {}

bool set_up() {
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

std::string text_of(xmlSecBufferPtr buffer) {
    if (buffer == nullptr) return {};
    return {reinterpret_cast<const char*>(xmlSecBufferGetData(buffer)), xmlSecBufferGetSize(buffer)};
}

}  // namespace

StockVerdict verify_by_stock(std::string_view message, evp_pkey_st* key, bool keep) {
    static const bool ready = set_up();
    static_cast<void>(ready);
    StockVerdict verdict;
    const std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> document(
        xmlReadMemory(message.data(), static_cast<int>(message.size()), nullptr, nullptr,
                      XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR | XML_PARSE_NOWARNING),
        xmlFreeDoc);
    if (!document) return verdict;
    verdict.parsed = true;
    register_ids(xmlDocGetRootElement(document.get()));
    xmlNode* const signature =
        xmlSecFindNode(xmlDocGetRootElement(document.get()), xmlSecNodeSignature, xmlSecDSigNs);
    if (signature == nullptr) return verdict;
    const std::unique_ptr<xmlSecDSigCtx, decltype(&xmlSecDSigCtxDestroy)> context(
        xmlSecDSigCtxCreate(nullptr), xmlSecDSigCtxDestroy);
    context->signKey = make_key(key);
    if (keep) context->flags |= XMLSEC_DSIG_FLAGS_STORE_SIGNEDINFO_REFERENCES;
    verdict.verified =
        xmlSecDSigCtxVerify(context.get(), signature) == 0 && context->status == xmlSecDSigStatusSucceeded;
    for (xmlSecSize i = 0; i < xmlSecPtrListGetSize(&context->signedInfoReferences); ++i) {
        const auto one =
            static_cast<xmlSecDSigReferenceCtxPtr>(xmlSecPtrListGetItem(&context->signedInfoReferences, i));
        verdict.references.push_back({one->uri == nullptr ? "" : reinterpret_cast<const char*>(one->uri),
                                      keep ? text_of(xmlSecDSigReferenceCtxGetPreDigestBuffer(one)) : ""});
    }
    return verdict;
}

}  // namespace hutong::test
