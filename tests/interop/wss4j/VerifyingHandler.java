import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.axis.AxisFault;
import org.apache.axis.Message;
import org.apache.axis.MessageContext;
import org.apache.axis.SOAPPart;
import org.apache.axis.handlers.BasicHandler;
import org.apache.axis.message.SOAPHeaderElement;
import org.apache.ws.security.WSConstants;
import org.apache.ws.security.WSDataRef;
import org.apache.ws.security.WSSecurityEngine;
import org.apache.ws.security.WSSecurityEngineResult;
import org.apache.ws.security.WSSecurityException;
import org.apache.ws.security.components.crypto.Merlin;
import org.apache.ws.security.util.WSSecurityUtil;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Verifies an Axis answer with WSS4J: trusted signer, Body and Timestamp both signed, Timestamp still good. */
final class VerifyingHandler extends BasicHandler {
    private static final long serialVersionUID = 1;
    private final transient Merlin crypto;
    private final transient Merlin own;
    private String verified;
    private String opened;
    private String distrusted;

    /** Answers must be encrypted for the key in `own` where that is not null. */
    VerifyingHandler(Merlin crypto, Merlin own) {
        this.crypto = crypto;
        this.own = own;
    }

    /** The signature algorithm of an answer found good, or null. */
    String verified() {
        return verified;
    }

    /** The algorithm with which the Body of an answer found good was encrypted, or null. */
    String opened() {
        return opened;
    }

    /** Why the answer was not believed, or null. */
    String distrusted() {
        return distrusted;
    }

    @Override
    public void invoke(MessageContext context) throws AxisFault {
        Message message = context.getResponseMessage();
        try {
            Document envelope = parse(((SOAPPart) message.getSOAPPart()).getAsBytes());
            verify(envelope);
            if (own != null) {
                ((SOAPPart) message.getSOAPPart())
                    .setCurrentMessage(SigningHandler.bytes(envelope), SOAPPart.FORM_BYTES);
            }
        } catch (WSSecurityException problem) {
            distrusted = problem.getMessage();
            throw AxisFault.makeFault(problem);
        } catch (Exception problem) {
            throw AxisFault.makeFault(problem);
        }
        for (Object header : message.getSOAPEnvelope().getHeaders()) {
            SOAPHeaderElement element = (SOAPHeaderElement) header;
            if (element.getNamespaceURI().equals(WSConstants.WSSE_NS)) {
                element.setProcessed(true);
            }
        }
    }

    private void verify(Document envelope) throws WSSecurityException {
        List<WSSecurityEngineResult> results =
            new WSSecurityEngine().processSecurityHeader(envelope, null, Encryption.passwords(), crypto, own);
        WSSecurityEngineResult signature =
            results == null ? null : WSSecurityUtil.fetchActionResult(results, WSConstants.SIGN);
        if (signature == null) {
            throw new WSSecurityException("the answer is not signed");
        }
        List<Element> signed = new ArrayList<>();
        for (Object reference : (List<?>) signature.get(WSSecurityEngineResult.TAG_DATA_REF_URIS)) {
            signed.add(((WSDataRef) reference).getProtectedElement());
        }
        Element timestamp = WSSecurityUtil.getDirectChildElement(
            WSSecurityUtil.getSecurityHeader(envelope, null), "Timestamp", WSConstants.WSU_NS);
        if (!signed.contains(WSSecurityUtil.findBodyElement(envelope)) || !signed.contains(timestamp)) {
            throw new WSSecurityException("Body and Timestamp of the answer are not both signed");
        }
        if (own != null) {
            opened = Encryption.opened(results, envelope);
        }
        verified = (String) signature.get(WSSecurityEngineResult.TAG_SIGNATURE_METHOD);
    }

    private static Document parse(byte[] bytes) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(bytes));
    }
}
