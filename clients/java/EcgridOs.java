import javax.xml.ws.soap.SOAPFaultException;

import net.ecgridos.ECGridOS;
import net.ecgridos.ECGridOSPortType;

/** ECGridOS by the classes that wsimport makes of the WSDL: signs in, sets a user's password, then shows a SOAPFaultException. */
public class EcgridOs {
    private static final int USER_ID = Integer.parseInt(System.getenv("PASSGATE_TARGET_USER_ID"));

    public static void main(String[] args) {
        ECGridOS service = new ECGridOS();
        ECGridOSPortType port = service.getECGridOSPort();
        String sessionID = port.Login(
                System.getenv("PASSGATE_ADMIN_LOGIN"), System.getenv("PASSGATE_ADMIN_PASSWORD"),
                null, null, null, null, null);
        try {
            setPassword(port, sessionID);
        } finally {
            port.Logout(sessionID);
        }
    }

    private static void setPassword(ECGridOSPortType port, String sessionID) {
        String newPassword = System.getenv().getOrDefault("PASSGATE_NEW_PASSWORD", "NewPassw0rd!");
        var result = port.UserPassword(sessionID, USER_ID, newPassword);
        if (!result) {
            throw new IllegalStateException("unexpected result: " + result);
        }
        System.out.println("user " + USER_ID + " has a new password: UserPassword returned " + result);

        try {
            port.UserPassword(sessionID, USER_ID, "Onlyletters!"); // no digit
        } catch (SOAPFaultException refusal) {
            String fault = refusal.getFault().getFaultString();
            if (!fault.startsWith("DataError: ") || refusal.getFault().getDetail() == null) {
                throw refusal;
            }
            System.out.println("refused, SOAPFaultException " + refusal.getFault().getFaultCode() + ": " + fault);
            return;
        }
        throw new IllegalStateException("a password without a digit was taken");
    }
}
