/** An incident in one line, with the service that it was of: most sentences begin with its name. */
export const incidentText = ({
  service,
  sentence,
}: {
  readonly service: string;
  readonly sentence: string;
}): string => (sentence.includes(service) ? sentence : `${service}: ${sentence}`);
