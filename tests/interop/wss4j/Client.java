import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.net.URL;
import java.security.Security;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Vector;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.wsdl.Definition;
import javax.wsdl.Part;
import javax.wsdl.Port;
import javax.wsdl.factory.WSDLFactory;
import javax.xml.namespace.QName;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.axis.AxisFault;
import org.apache.axis.SimpleChain;
import org.apache.axis.SimpleTargetedChain;
import org.apache.axis.client.AxisClient;
import org.apache.axis.client.Call;
import org.apache.axis.client.Service;
import org.apache.axis.configuration.SimpleProvider;
import org.apache.axis.message.SOAPBodyElement;
import org.apache.axis.transport.http.HTTPSender;
import org.apache.ws.security.components.crypto.Merlin;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * An Apache Axis 1.4 client with WSS4J 1.6: Axis reads the WSDL and calls, WSS4J signs requests and verifies answers.
 * Prints one JSON object: {"outcome": "answered" | "refused" | "distrusted", ...}.
 */
public final class Client {
    private final Map<String, String> options = new HashMap<>();
    private final List<String[]> parameters = new ArrayList<>();

    private Client(String[] args) {
        for (int i = 0; i + 1 < args.length; i += 2) {
            if (args[i].equals("--argument")) {
                parameters.add(args[i + 1].split("=", 2));
            } else {
                options.put(args[i].substring(2), args[i + 1]);
            }
        }
    }

    public static void main(String[] args) throws Exception {
        String result = new Client(args).run();
        new PrintStream(System.out, true, StandardCharsets.UTF_8).println(result);
    }

    private String run() throws Exception {
        // Santuario asks for RSA-PSS by a name that only Bouncy Castle gives it.
        Security.addProvider(new BouncyCastleProvider());
        trustForTls();
        Merlin own = new Merlin();
        own.setKeyStore(Pem.keyPair(options.get("key"), options.get("cert")));
        Merlin platform = new Merlin();
        platform.setTrustStore(Pem.trusted(options.get("ca")));
        Encryption encryption = encryption();
        VerifyingHandler verifying = new VerifyingHandler(platform, encryption == null ? null : own);
        Call call = call(signing(own, encryption), verifying);
        try {
            Vector<?> answer = (Vector<?>) call.invoke(new Object[] {new SOAPBodyElement(request())});
            return json("outcome", "answered", "answer", ((SOAPBodyElement) answer.get(0)).getAsDOM().getTextContent(),
                        "verified", verifying.verified(), "opened", verifying.opened());
        } catch (AxisFault fault) {
            if (verifying.distrusted() != null) {
                return json("outcome", "distrusted", "reason", verifying.distrusted(), "verified", null);
            }
            if (fault.detail != null) {
                throw fault;    // an exception of this side, not the gateway's fault
            }
            StringBuilder detail = new StringBuilder();
            for (Element element : fault.getFaultDetails()) {
                detail.append(element.getLocalName()).append('=').append(element.getTextContent()).append(' ');
            }
            return json("outcome", "refused", "code", fault.getFaultCode().getLocalPart(), "reason",
                        fault.getFaultString(), "detail", detail.toString(), "verified", verifying.verified(), "opened",
                        verifying.opened());
        }
    }

    private SigningHandler signing(Merlin own, Encryption encryption) {
        return new SigningHandler(own, options.get("method"), options.getOrDefault("key-identifier", "token"),
                                  options.get("user"), options.get("password"), encryption);
    }

    private Encryption encryption() {
        if (!options.containsKey("encrypt-for")) {
            return null;
        }
        return new Encryption(options.get("encrypt-for"), options.get("order"), options.get("cipher"),
                              options.get("oaep-digest"));
    }

    private void trustForTls() throws Exception {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(Pem.trusted(options.get("ca")));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        SSLContext.setDefault(context);
    }

    private Definition contract() throws Exception {
        var reader = WSDLFactory.newInstance().newWSDLReader();
        reader.setFeature("javax.wsdl.verbose", false);
        return reader.readWSDL(options.get("wsdl"));
    }

    private Call call(SigningHandler signing, VerifyingHandler verifying) throws Exception {
        SimpleChain request = new SimpleChain();
        request.addHandler(signing);
        SimpleChain response = new SimpleChain();
        response.addHandler(verifying);
        SimpleProvider configuration = new SimpleProvider();
        configuration.deployTransport("http", new SimpleTargetedChain(request, new HTTPSender(), response));

        javax.wsdl.Service described = (javax.wsdl.Service) contract().getServices().values().iterator().next();
        Port port = (Port) described.getPorts().values().iterator().next();
        Service service = new Service(new URL(options.get("wsdl")), described.getQName());
        service.setEngineConfiguration(configuration);
        service.setEngine(new AxisClient(configuration));
        Call call = (Call) service.createCall(new QName(described.getQName().getNamespaceURI(), port.getName()),
                                              new QName(options.get("operation")));
        if (options.containsKey("address")) {
            call.setTargetEndpointAddress(options.get("address"));
        }
        return call;
    }

    /** The operation's wrapper element with the parameters as its children, in the wrapper's namespace. */
    private Element request() throws Exception {
        javax.wsdl.Service described = (javax.wsdl.Service) contract().getServices().values().iterator().next();
        Port port = (Port) described.getPorts().values().iterator().next();
        var operation = port.getBinding().getPortType().getOperation(options.get("operation"), null, null);
        Part part = (Part) operation.getInput().getMessage().getParts().values().iterator().next();
        QName wrapper = part.getElementName();
        Document document = DocumentBuilderFactory.newInstance().newDocumentBuilder().newDocument();
        Element request = document.createElementNS(wrapper.getNamespaceURI(), wrapper.getLocalPart());
        for (String[] parameter : parameters) {
            Element child = document.createElementNS(wrapper.getNamespaceURI(), parameter[0]);
            child.setTextContent(parameter[1]);
            request.appendChild(child);
        }
        return request;
    }

    private static String json(String... pairs) {
        StringBuilder out = new StringBuilder("{");
        for (int i = 0; i < pairs.length; i += 2) {
            out.append(i == 0 ? "" : ", ").append(quoted(pairs[i])).append(": ").append(quoted(pairs[i + 1]));
        }
        return out.append('}').toString();
    }

    private static String quoted(String text) {
        if (text == null) {
            return "null";
        }
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            out.append(c < ' ' || c == '"' || c == '\\' ? String.format("\\u%04x", (int) c) : String.valueOf(c));
        }
        return out.append('"').toString();
    }
}
