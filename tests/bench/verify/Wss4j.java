import java.io.ByteArrayInputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.ws.security.WSConstants;
import org.apache.ws.security.WSSecurityEngine;
import org.apache.ws.security.WSSecurityEngineResult;
import org.apache.ws.security.components.crypto.Merlin;
import org.apache.ws.security.util.WSSecurityUtil;
import org.apache.ws.security.validate.NoOpValidator;
import org.w3c.dom.Document;

/** Times WSS4J, warm, on the messages of a folder. Prints one line per message: its file and the microseconds. */
public final class Wss4j {
    private static final ThreadMXBean THREAD = ManagementFactory.getThreadMXBean();
    private static final double WARM_UP_SECONDS = 1.5;

    private final WSSecurityEngine engine = new WSSecurityEngine();
    private final Merlin crypto = new Merlin();
    private final DocumentBuilder builder;

    private Wss4j(Path folder) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        for (String kind : List.of("rsa", "p256")) {
            byte[] pem = Files.readAllBytes(folder.resolve(kind + ".pem"));
            trusted.setCertificateEntry(
                kind, CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem)));
        }
        crypto.setTrustStore(trusted);
        // The messages keep their time, whenever this is run.
        engine.getWssConfig().setValidator(WSSecurityEngine.TIMESTAMP, new NoOpValidator());
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        builder = factory.newDocumentBuilder();
    }

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        Wss4j bench = new Wss4j(folder);
        for (int i = 1; i < args.length; i++) {
            System.out.println(args[i] + " " + bench.time(Files.readAllBytes(folder.resolve(args[i]))));
        }
    }

    private void verify(byte[] message) throws Exception {
        Document envelope = builder.parse(new ByteArrayInputStream(message));
        List<WSSecurityEngineResult> results = engine.processSecurityHeader(envelope, null, null, crypto);
        if (results == null || WSSecurityUtil.fetchActionResult(results, WSConstants.SIGN) == null) {
            throw new IllegalStateException("not signed");
        }
    }

    /** The best round of many, as the other side measures: processor time of this thread. */
    private double time(byte[] message) throws Exception {
        long until = THREAD.getCurrentThreadCpuTime() + (long) (WARM_UP_SECONDS * 1e9);
        int done = 0;
        while (THREAD.getCurrentThreadCpuTime() < until) {
            verify(message);
            done++;
        }
        int repeats = Math.max(1, (int) (done / WARM_UP_SECONDS / 50));
        double best = Double.MAX_VALUE;
        for (int round = 0; round < 25; round++) {
            long begin = THREAD.getCurrentThreadCpuTime();
            for (int i = 0; i < repeats; i++) {
                verify(message);
            }
            best = Math.min(best, (THREAD.getCurrentThreadCpuTime() - begin) / 1e3 / repeats);
        }
        return best;
    }
}
