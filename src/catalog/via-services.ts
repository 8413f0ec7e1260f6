/**
 * The names in `kms:ViaService`, before `.<region>.amazonaws.com` (semantics F24).
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html, read 2026
 */
export const VIA_SERVICES: ReadonlySet<string> = new Set(
  `aiops airflow aoss appfabric appflow apprunner apptest ards athena auditmanager
  backup backup-gateway bedrock
  cassandra chimevoiceconnector cleanrooms-ml codeartifact codeguru-reviewer comprehend connect custom-packages
  dax deepracer directoryservice dms docdb-elastic dynamodb
  ec2 ecr elasticache elasticfilesystem entityresolution es events
  finspace firehose forecast fsx
  geo glue groundstation
  healthlake
  importexport iotsitewise
  kafka kendra kinesis kinesisvideo
  lambda lex license-manager lookoutequipment lookoutmetrics lookoutvision
  m2 macie malware-protection managedblockchain mediatailor memorydb mgn monitron mq
  nimble
  omics
  profile proton
  qldb
  rds redshift redshift-serverless rekognition
  s3 s3tables sagemaker secretsmanager securitylake ses sns sqlworkbench sqs ssm ssm-contacts ssm-incidents states storagegateway
  thinclient timestream translate
  verified-access
  wisdom workmail workspaces workspaces-web
  xray`.split(/\s+/),
);
