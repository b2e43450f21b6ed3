import java.util.List;
import java.util.Set;

import javax.xml.namespace.QName;
import javax.xml.soap.SOAPElement;
import javax.xml.soap.SOAPException;
import javax.xml.soap.SOAPHeaderElement;
import javax.xml.ws.BindingProvider;
import javax.xml.ws.WebServiceException;
import javax.xml.ws.handler.MessageContext;
import javax.xml.ws.handler.soap.SOAPHandler;
import javax.xml.ws.handler.soap.SOAPMessageContext;

import omaswebws.websvcs.OMASWebSvcs;
import omaswebws.websvcs.OMASWebSvcsService;
import omaswebws.websvcs.WSException;

/**
 * Omnitracs portal by the classes that wsimport makes of the WSDL, with a handler that adds the UsernameToken:
 * sets a user's password, then shows the declared WSException.
 */
public class Omnitracs {
    private static final String COMPANY_ID = System.getenv("PASSGATE_COMPANY_ID");
    private static final String USER_ID = System.getenv("PASSGATE_PORTAL_USER_ID");

    public static void main(String[] args) throws WSException {
        OMASWebSvcs port = new OMASWebSvcsService().getOMASWebSvcs();
        ((BindingProvider) port).getBinding().setHandlerChain(List.of(new UsernameToken(
                System.getenv("PASSGATE_WSSE_USERNAME"), System.getenv("PASSGATE_WSSE_PASSWORD"))));

        String newPassword = System.getenv().getOrDefault("PASSGATE_NEW_PORTAL_PASSWORD", "NewPassword1");
        port.setUserPassword(COMPANY_ID, USER_ID, newPassword, true);
        System.out.println("user " + USER_ID + " has a new password: setUserPassword returned");

        try {
            port.setUserPassword(COMPANY_ID, USER_ID, "Onlyletters", true); // no digit
        } catch (WSException refusal) {
            String message = refusal.getFaultInfo().getMessage();
            if (!message.equals("007 Invalid password.")) {
                throw refusal;
            }
            System.out.println("refused, WSException: " + message);
            return;
        }
        throw new IllegalStateException("a password without a digit was taken");
    }

    /** Puts name and password into the WS-Security header of every request. */
    private record UsernameToken(String username, String password) implements SOAPHandler<SOAPMessageContext> {
        private static final String WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-";
        private static final String WSSE = WSS + "wssecurity-secext-1.0.xsd";
        private static final String PASSWORD_TEXT = WSS + "username-token-profile-1.0#PasswordText";

        @Override
        public boolean handleMessage(SOAPMessageContext context) {
            if ((Boolean) context.get(MessageContext.MESSAGE_OUTBOUND_PROPERTY)) {
                try {
                    var envelope = context.getMessage().getSOAPPart().getEnvelope();
                    var header = envelope.getHeader() == null ? envelope.addHeader() : envelope.getHeader();
                    SOAPHeaderElement security = header.addHeaderElement(new QName(WSSE, "Security", "wsse"));
                    security.setMustUnderstand(true);
                    SOAPElement token = security.addChildElement("UsernameToken", "wsse");
                    token.addChildElement("Username", "wsse").addTextNode(username);
                    token.addChildElement("Password", "wsse").addTextNode(password).setAttribute("Type", PASSWORD_TEXT);
                } catch (SOAPException error) {
                    throw new WebServiceException("the UsernameToken could not be added", error);
                }
            }
            return true;
        }

        @Override
        public boolean handleFault(SOAPMessageContext context) {
            return true;
        }

        @Override
        public void close(MessageContext context) {}

        @Override
        public Set<QName> getHeaders() {
            return Set.of();
        }
    }
}
