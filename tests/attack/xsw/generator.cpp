#include "tests/attack/xsw/generator.hpp"

#include <algorithm>
#include <set>
#include <unordered_set>
#include <vector>

#include "base/xml/soap.hpp"
#include "security/xmldsig/names.hpp"
#include "tests/attack/xsw/forgery.hpp"
#include "tests/attack/xsw/places.hpp"
#include "tests/attack/xsw/signed_envelope.hpp"

namespace hutong::attack {

namespace {

namespace names = security::names;

// Replacements of byte ranges, made all at once from the back to the front.
class Patch {
  public:
    void replace(std::size_t begin, std::size_t end, std::string text) {
        steps_.push_back({begin, end, std::move(text)});
    }
    void insert(std::size_t at, std::string text) { replace(at, at, std::move(text)); }
    std::string apply(std::string text) const {
        std::vector<const Step*> order;
        for (const Step& step : steps_) order.push_back(&step);
        std::stable_sort(order.begin(), order.end(),
                         [](const Step* a, const Step* b) { return a->begin > b->begin; });
        for (const Step* step : order) text.replace(step->begin, step->end - step->begin, step->text);
        return text;
    }

  private:
    struct Step {
        std::size_t begin, end;
        std::string text;
    };
    std::vector<Step> steps_;
};

class Generator {
  public:
    Generator(const std::string& message, const std::function<void(const Variant&)>& take)
        : envelope_(message), take_(take) {}

    std::uint64_t run() {
        wrap(*envelope_.body);
        if (const Markup* timestamp = envelope_.security->child(soap::ns_wsu, "Timestamp")) wrap(*timestamp);
        for (const auto& block : envelope_.header->children)
            if (block->ns == soap::ns_wsa && id_of(*block) != nullptr) wrap(*block);
        // Tokens, signatures, blocks: whatever else a signature of the header refers to, and assertions,
        // which hold their own.
        note_references(*envelope_.security);
        each_signed(*envelope_.header, [&](const Markup& part) { wrap(part); });
        required_ = true;
        envelopes();
        return seen_.size();
    }

  private:
    void emit(std::string text, std::string name, bool decoy) {
        if (text == envelope_.text || !seen_.insert(std::hash<std::string>{}(text)).second) return;
        take_({std::move(text), std::move(name), decoy, required_});
    }

    void note_references(const Markup& below);
    template <class Take>
    void each_signed(const Markup& below, const Take& take) const;
    void wrap(const Markup& part);
    void inside_forged(const Markup& part, const Dress& dress, const std::string& original,
                       const std::string& name);
    void envelopes();

    const SignedEnvelope envelope_;
    const std::function<void(const Variant&)>& take_;
    std::set<std::string> referred_;
    bool required_{true};  // what is being wrapped
    std::unordered_set<std::size_t> seen_;
};

void Generator::note_references(const Markup& below) {
    for (const auto& child : below.children) {
        if (child->is(names::ds, "Reference"))
            for (const Markup::Attribute& attribute : child->attributes)
                if (attribute.name == "URI") referred_.insert(attribute.value);
        note_references(*child);
    }
}

template <class Take>
void Generator::each_signed(const Markup& below, const Take& take) const {
    for (const auto& child : below.children) {
        const Markup::Attribute* const id = id_of(*child);
        const bool done = child->ns == soap::ns_wsa || child->is(soap::ns_wsu, "Timestamp");
        if (id != nullptr && !done && referred_.contains("#" + id->value)) take(*child);
        each_signed(*child, take);
    }
}

// The forged part holds the original.
void Generator::inside_forged(const Markup& part, const Dress& dress, const std::string& original,
                              const std::string& name) {
    const std::string around = forged(envelope_, part, dress);
    const std::size_t open = around.find('>') + 1;
    const std::size_t close = around.rfind("</");
    for (const auto& [where, at] : {std::pair{"first in the forged", open}, {"last in the forged", close}}) {
        Patch patch;
        std::string holding = around;
        holding.insert(at, original);
        patch.replace(part.begin, part.end, holding);
        emit(patch.apply(envelope_.text), name + where, false);
    }
    if (&part != envelope_.body) return;
    std::string deep = around;
    deep.insert(around.find("forged<"), original);
    Patch patch;
    patch.replace(part.begin, part.end, deep);
    emit(patch.apply(envelope_.text), name + "in the forged operation", false);
}

void Generator::wrap(const Markup& part) {
    // The one is of answers only. The other is found by the Id that KeyInfo gives, wherever in Security it
    // stands, and what it holds is part of the meaning: who signed.
    required_ =
        !part.is(names::wsse11, "SignatureConfirmation") && !part.is(soap::ns_wsse, "BinarySecurityToken");
    const std::vector<Dress> all_dresses = dresses(part);
    const std::vector<Place> all_places = places_for(envelope_, part);
    for (const auto& [kind, original] : originals(envelope_, part)) {
        for (const Dress& dress : all_dresses) {
            const std::string name =
                part.local + " (original " + kind + ", forged with " + dress.what + "): ";
            for (const Place& place : all_places) {
                Patch patch;
                // What stands before the part is inserted in front of the forged one and not behind it.
                const bool in_front = place.at <= part.begin;
                if (!in_front) patch.insert(place.at, place.open + original + place.close);
                patch.replace(part.begin, part.end, forged(envelope_, part, dress));
                if (in_front) patch.insert(place.at, place.open + original + place.close);
                emit(patch.apply(envelope_.text), name + place.name, false);
            }
            inside_forged(part, dress, original, name);
        }
    }
    for (const Dress& dress : all_dresses)
        for (const Place& place : all_places) {
            Patch patch;
            patch.insert(place.at, place.open + forged(envelope_, part, dress) + place.close);
            emit(patch.apply(envelope_.text), part.local + " decoy (" + dress.what + "): " + place.name,
                 true);
        }
}

// The whole original Envelope inside a new one.
void Generator::envelopes() {
    const std::string whole(envelope_.root->text(envelope_.text));
    const std::string header(envelope_.header->text(envelope_.text));
    const std::string open(envelope_.text, envelope_.root->begin,
                           envelope_.root->open_end - envelope_.root->begin);
    const std::string close = "</" + envelope_.root->qname() + ">";
    for (const Dress& dress : dresses(*envelope_.body)) {
        const std::string body = forged(envelope_, *envelope_.body, dress);
        const std::string empty_header = "<" + envelope_.tag("Header") + ">";
        const std::string end_header = "</" + envelope_.tag("Header") + ">";
        const std::string open_body = body.substr(0, body.find('>') + 1);
        const std::string end_body = body.substr(body.rfind("</"));
        const std::string name = "Envelope (forged Body with " + dress.what + "): ";
        emit(open + empty_header + whole + end_header + body + close, name + "in a new Header", false);
        emit(open + empty_header + "<q:wrap xmlns:q=\"urn:q\">" + whole + "</q:wrap>" + end_header + body +
                 close,
             name + "wrapped in a new Header", false);
        std::string with_security(header);
        with_security.insert(with_security.rfind("</"), whole);
        emit(open + with_security + body + close, name + "in a copy of the Header", false);
        emit(open + header + body.substr(0, body.rfind("</")) + whole + end_body + close,
             name + "last in the forged Body, under a copy of the Header", false);
        emit(open + header + open_body + whole + end_body + close,
             name + "as the forged Body's content, under a copy of the Header", false);
        const std::string headless = whole.substr(0, envelope_.header->begin - envelope_.root->begin) +
                                     whole.substr(envelope_.header->end - envelope_.root->begin);
        emit(open + header + open_body + headless + end_body + close,
             name + "as the forged Body's content, its Header taken out", false);
        emit(open + open_body + whole + end_body + close, name + "as the forged Body's content", false);
        emit(open + header + body + whole + close, name + "beside the forged Body", false);
        emit(open + whole + header + body + close, name + "before a copy of the Header", false);
    }
}

}  // namespace

std::uint64_t generate_wrappings(const std::string& message,
                                 const std::function<void(const Variant&)>& take) {
    return Generator(message, take).run();
}

}  // namespace hutong::attack
